/**
 * The dialect against golden exchanges, the host's rejections, and hostile requests.
 */

import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { StoreFault } from '../../stores/store.ts';
import { isObject } from '../answers.ts';
import type { Rejection } from '../dialect.ts';
import { testExchanges } from '../exchange.testing.ts';
import { assertWithstands } from '../hostile.testing.ts';
import { wireRequest } from '../world.testing.ts';
import { sessionNumber } from './encode.ts';
import { API_TOKEN, basic, ME, openStage } from './zendesk.testing.ts';

const EXCHANGES = new URL('exchanges/', import.meta.url);

testExchanges(EXCHANGES, async (file) =>
  openStage({}, file === 'rate-limit.http' ? { rate_limit: 2 } : {}),
);

test('every exchange says where it is from', () => {
  for (const file of readdirSync(EXCHANGES)) {
    const text = readFileSync(new URL(file, EXCHANGES), 'utf8');
    for (const exchange of text.split(/^### /m).slice(1)) {
      assert.match(exchange, /^.+\n# (documented|observed|inferred)/, file);
    }
  }
});

test('says what the host found in the words of Zendesk', async () => {
  const { dialect } = await openStage();
  const wire = wireRequest({ path: `${ME}/nothing` });
  const statuses: Record<Rejection, number> = {
    no_such_path: 404,
    method_not_allowed: 405,
    body_too_large: 413,
    headers_too_large: 431,
    malformed_request: 400,
    timed_out: 408,
    unavailable: 503,
    internal_error: 500,
  };
  for (const [rejection, status] of Object.entries(statuses) as [Rejection, number][]) {
    const answer = dialect.reject(rejection, wire);
    assert.equal(answer.status, status);
    assert.ok(JSON.parse(answer.body).error, 'clients crash on an empty one');
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(answer.headers['retry-after'], status === 503 ? '1' : undefined);
  }
});

test('a store that is down is no verdict on a session', async () => {
  const stage = await openStage();
  const { cookie } = await stage.browser();
  const { read } = stage.store;
  stage.store.read = () => Promise.reject(new StoreFault('down'));
  const { password } = stage.people.ada;
  for (const path of [`${ME}/session/renew`, `${ME}/session`, `${ME}/logout`]) {
    for (const headers of [
      { cookie },
      { authorization: basic('ada@example.com', password) },
      { authorization: basic('ada@example.com/token', API_TOKEN) },
    ]) {
      await assert.rejects(stage.send({ path, headers }), StoreFault);
      const answer = stage.dialect.reject('unavailable', wireRequest({ path, headers }));
      assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '1']);
      assert.deepEqual(JSON.parse(answer.body), {
        error: { title: 'Service Unavailable', message: 'Please try again in a moment.' },
      });
      assert.equal(answer.headers['Set-Cookie'], undefined);
    }
  }
  stage.store.read = read;
  assert.equal((await stage.send({ path: `${ME}/session`, headers: { cookie } })).status, 200);
});

const FIELDS = {
  headers: [
    ...['authorization', 'cookie', 'X-CSRF-Token', 'Sec-Fetch-Site', 'X-Zendesk-Renew-Session'],
    ...['X-On-Behalf-Of', 'If-None-Match', 'content-type'],
  ],
  parameters: ['page[size]', 'page[after]', 'page[before]', 'page', 'per_page', 'access_token'],
  fields: ['authenticity_token'],
};

test('withstands what no honest client sends', async () => {
  const stage = await openStage({}, { rate_limit: 0 });
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
  const seed = Date.now() % 2 ** 31;
  t.diagnostic(`seed ${seed}`);
  const { routes } = (await openStage()).dialect;
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('', '\0', '\ud800', '__proto__', '[]', '{}', 'null', '9'.repeat(40), '🏮', '%'),
    fc.integer().map(String),
    fc.jsonValue().map((v) => Buffer.from(JSON.stringify({ v })).toString('base64url')),
  );
  for (const { method, path: pattern } of routes) {
    const params = [...pattern.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    const stage = await openStage({}, { rate_limit: 0 });
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
