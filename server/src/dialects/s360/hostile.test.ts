/**
 * What no honest client sends: anything at all, and requests that are good but for one field.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WireAnswer } from '../dialect.ts';
import { assertWithstands, drawSeed } from '../hostile.testing.ts';
import { request } from '../world.testing.ts';
import { API_KEY, DOORS, FORMS_KEY, MORE, OPERATIONS, openStage, UUID } from './s360.testing.ts';

const BODY_FIELDS = ['sessionId', 'sessionToken'] as const;
const CREATE_FIELDS = ['externalSystemId', 'iidParams', 'authorityType'] as const;

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    ...['', ' ', '\0', '\ud800', '\udfff\ud800', '__proto__', 'constructor', '🏮', 'آدا', 'null'],
    ...['chatbot', 'forms', 'SELF', API_KEY, '1e999', "' or 1=1--", '\r\nX: y', 'x'.repeat(70_000)],
  ),
);

/** What a member may come as, beside the text that it should be. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.jsonValue({ maxDepth: 4 }),
  fc.array(fc.record({ en: text, ar: text }, { requiredKeys: [] }), { maxLength: 5 }),
  fc.dictionary(text, text, { maxKeys: 20 }),
  fc.constantFrom<unknown>(undefined, 1e308, -0, deep(10), deep(40), deep(3000), { en: 1 }, [[]]),
);

function deep(depth: number): unknown {
  let nested: unknown = 'x';
  for (let level = 0; level < depth; level++) nested = { a: nested };
  return nested;
}

type Fuzzed =
  | { readonly where: 'body'; readonly field: string; readonly value: unknown }
  | { readonly where: 'header'; readonly field: string; readonly value: string }
  | { readonly where: 'query'; readonly value: readonly string[] }
  | { readonly where: 'raw'; readonly value: Uint8Array };

const fuzzed = (fields: readonly string[]): fc.Arbitrary<Fuzzed> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        where: fc.constant('body' as const),
        field: fc.constantFrom(...fields, '__proto__', 'toString', 'more'),
        value,
      }),
    },
    fc.record({
      where: fc.constant('header' as const),
      field: fc.constantFrom('api_key', 'x-request-id', 'content-type'),
      value: text,
    }),
    fc.record({ where: fc.constant('query' as const), value: fc.array(text, { maxLength: 3 }) }),
    fc.record({ where: fc.constant('raw' as const), value: fc.uint8Array({ maxLength: 60 }) }),
  );

/** As the vendor would have it, whatever was asked. */
function assertVendors({ status, headers, body }: WireAnswer): void {
  assert.ok(status >= 200 && status < 500, body);
  for (const one of Object.values(headers).flat()) assert.match(one, /^[\x20-\x7e]*$/);
  if (headers['Content-Type'] === 'text/xml') {
    assert.equal(status, 403);
    assert.equal(body, '<h1>Developer Inactive</h1>');
    return;
  }
  const envelope = JSON.parse(body);
  assert.deepEqual(Object.keys(envelope), ['status', 'esbUUID', 'desc', 'data']);
  assert.deepEqual(Object.keys(envelope.desc), ['en', 'ar', 'code']);
  assert.equal(envelope.status, status);
  assert.match(envelope.esbUUID, UUID);
  assert.match(envelope.desc.code, /^ESB-IDP-[SE]\d{4}$/);
  assert.equal(envelope.desc.code === 'ESB-IDP-S0000', status === 200);
  assert.equal(envelope.data === null, status !== 200);
}

test('withstands what no honest client sends, with and without an API key', async () => {
  for (const require_api_key of [true, false]) {
    const { dialect, signIn, pairOf } = await openStage({ require_api_key });
    const { sessionId, sessionToken } = await pairOf(await signIn());
    const bait = {
      headers: ['api_key', 'X-Request-Id'],
      parameters: ['api_key'],
      fields: ['sessionId', 'sessionToken', 'externalSystemId', 'iidParams', 'messages'],
      values: [API_KEY, FORMS_KEY, sessionId, sessionToken, 'forms'],
    };
    const check = (status: number, body: string) => {
      if (status === 403 && body.startsWith('<')) assert.equal(body, '<h1>Developer Inactive</h1>');
      else assert.equal(JSON.parse(body).status, status);
    };
    await assertWithstands(dialect, bait, check, 200);
  }
});

test('whatever a field holds, the answer is the vendor’s own, and below 500', async (context) => {
  const seed = drawSeed(context);
  const seen = new Map<string, number>();
  for (const operation of OPERATIONS) {
    const stage = await openStage();
    const fields = [
      ...BODY_FIELDS,
      ...(operation === 'child/create' ? CREATE_FIELDS : []),
      ...(operation === 'child/messages' ? ['messages', 'messages'] : []),
    ];
    await fc.assert(
      fc.asyncProperty(fuzzed(fields), async (fuzz) => {
        const own = await stage.pairOf(await stage.signIn());
        const pair = DOORS[operation] === 'owner' ? own : await stage.childOf(own);
        const good = { ...pair, ...MORE[operation] };
        const answer = await request(stage.dialect, {
          method: 'POST',
          path: `/idp/sso/v1/${operation}`,
          query: fuzz.where === 'query' ? { api_key: fuzz.value } : {},
          headers: {
            'content-type': 'application/json',
            ...(fuzz.where === 'query' ? {} : { api_key: API_KEY }),
            ...(fuzz.where === 'header' ? { [fuzz.field]: fuzz.value } : {}),
          },
          body: bodyOf(good, fuzz),
        });
        assertVendors(answer);
        seen.set(`${answer.status}`, (seen.get(`${answer.status}`) ?? 0) + 1);
        // What was kept of it does no harm afterwards.
        if (answer.status !== 200 || DOORS[operation] === 'owner') return;
        assertVendors(await stage.call('child/get', pair));
      }),
      { seed, numRuns: 150 },
    );
  }
  context.diagnostic(`answers: ${JSON.stringify(Object.fromEntries(seen))}`);
  for (const status of ['200', '400', '401', '403']) assert.ok(seen.has(status), status);
});

function bodyOf(good: object, fuzz: Fuzzed): Buffer {
  if (fuzz.where === 'raw') return Buffer.from(fuzz.value);
  if (fuzz.where !== 'body') return Buffer.from(JSON.stringify(good));
  // By hand, so that `__proto__` is a member like any other.
  const others = Object.entries(good).filter(([name]) => name !== fuzz.field);
  const all = fuzz.value === undefined ? others : [...others, [fuzz.field, fuzz.value]];
  const members = all.map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`);
  return Buffer.from(`{${members.join(',')}}`);
}
