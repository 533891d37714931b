/**
 * What no honest client sends: an answer in the words of Zendesk, and no fault.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { isObject } from '../answers.ts';
import { assertWithstands, drawSeed } from '../hostile.testing.ts';
import { sessionNumber } from './encode.ts';
import { API_TOKEN, basic, openStage } from './zendesk.testing.ts';

const FIELDS = {
  headers: [
    ...['authorization', 'cookie', 'X-CSRF-Token', 'Sec-Fetch-Site', 'X-Zendesk-Renew-Session'],
    ...['X-On-Behalf-Of', 'If-None-Match', 'content-type'],
  ],
  parameters: ['page[size]', 'page[after]', 'page[before]', 'page', 'per_page', 'access_token'],
  fields: ['authenticity_token'],
};

test('withstands what no honest client sends', async () => {
  const stage = await openStage({ rate_limit: 0 });
  const { cookie, csrf, session } = await stage.browser();
  const authorization = basic('ada@example.com/token', API_TOKEN);
  const values = [cookie, csrf, authorization, basic('ada/token', 'x'), basic('\0', '\ud800')];
  const params = ['me', 'me.json', '1', String(sessionNumber(session)), '9007199254740993'];
  await assertWithstands(stage.dialect, { ...FIELDS, values, params }, assertInShape, 2000);
});

/** One of the four shapes that the vendor's errors have (fact sheet C.7). */
function assertInShape(status: number, text: string): void {
  if (status < 400) return;
  const body: unknown = JSON.parse(text);
  assert.ok(isObject(body), text);
  const { error, errors } = body;
  const [listed] = Array.isArray(errors) ? errors : [];
  if (isObject(error)) assert.ok(error.title && error.message, text);
  else if (listed) assert.ok(listed.code && listed.title, text);
  else assert.ok(typeof error === 'string' && error, text);
}

test('every field of every endpoint, with whatever is in it', async (t) => {
  const seed = drawSeed(t);
  const { routes } = (await openStage()).dialect;
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('', '\0', '\ud800', '__proto__', '[]', '{}', 'null', '9'.repeat(40), '🏮', '%'),
    fc.integer().map(String),
    fc.jsonValue().map((v) => Buffer.from(JSON.stringify({ v })).toString('base64url')),
  );
  for (const { method, path: pattern } of routes) {
    const params = [...pattern.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    const stage = await openStage({ rate_limit: 0 });
    const open = async () => [await stage.browser('root'), await stage.browser('ada')] as const;
    let browsers = await open();
    const names = [...params, ...FIELDS.headers, ...FIELDS.parameters, ...FIELDS.fields];
    for (const name of names) {
      const ask = fc.tuple(value, value).map(([given, extra]) => {
        const param = (at: string) =>
          encodeURIComponent(at === name ? given.toWellFormed() || 'x' : 'me');
        return {
          method,
          path: pattern.replaceAll(/:(\w+)/g, (_, at: string) => param(at)),
          query: FIELDS.parameters.includes(name) ? { [name]: [given, extra] } : {},
          ...(FIELDS.fields.includes(name) && { body: new URLSearchParams({ [name]: given }) }),
          headerValue: FIELDS.headers.includes(name) ? given : undefined,
        };
      });
      await fc.assert(
        fc.asyncProperty(ask, fc.boolean(), async ({ headerValue, ...rest }, isRoot) => {
          const { cookie, csrf } = browsers[isRoot ? 0 : 1];
          const own = { cookie, 'X-CSRF-Token': csrf };
          const headers = { ...own, ...(headerValue !== undefined && { [name]: headerValue }) };
          const { status, body } = await stage.send({ ...rest, headers });
          assert.ok(status >= 200 && status < 500, `${status} ${body}`);
          assertInShape(status, body);
          if (status === 204) browsers = await open();
        }),
        { seed, numRuns: 10 },
      );
    }
  }
});
