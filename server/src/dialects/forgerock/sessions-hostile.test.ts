/**
 * The sessions under thousands of hostile requests: always an answer in AM's own words, never a
 * fault, and nobody's session the worse for it.
 */

import { strict as assert } from 'node:assert';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { WireAnswer } from '../dialect.ts';
import { drawSeed } from '../hostile.testing.ts';
import type { Ask } from '../world.testing.ts';
import { BASE, COOKIE, openStage, type Stage } from './forgerock.testing.ts';
import { ACTIONS } from './handlers/actions/table.ts';
import { openSession, recordOf, WITH_PROPERTIES } from './sessions.testing.ts';

const NASTY: readonly unknown[] = [
  ...['', ' ', '\0', '\ud800', '__proto__', 'constructor', '*', '/', 'null', '🏮', 'آدا', '"', "'"],
  ...['shandle:', 'shandle:0000000000000000', 'shandle:../../x', 'x'.repeat(5000)],
  ...[null, true, 0, -1, 1e308, [], {}, [[]], { $eq: 'x' }, ['x', 7], Array(200).fill('x')],
];

const texts = fc.oneof(
  fc.constantFrom(...NASTY.filter((one) => typeof one === 'string')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const values = fc.oneof(fc.constantFrom(...NASTY), fc.jsonValue({ maxDepth: 3 }), texts);

const filterTexts = fc.oneof(
  fc
    .array(fc.constantFrom('realm eq "/alpha"', "username eq 'ada'", 'realm pr'), { minLength: 1 })
    .map((parts) => parts.join(' and ')),
  fc
    .array(
      fc.oneof(
        fc.constantFrom('realm', 'username', 'eq', 'and', 'or', '!', '(', ')', '"/alpha"', "'ada'"),
        fc.constantFrom('pr', 'true', '1', '"', '\\', '/', '~1', 'co', 'realm eq "/alpha"'),
        texts,
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(' ')),
);

const queryStrings = fc.dictionary(
  fc.constantFrom(
    ...['refresh', 'goto', 'realm', '_fields', '_prettyPrint', '_pageSize', '_pagedResultsOffset'],
    ...['_totalPagedResultsPolicy', '_sortKeys', 'serverId', 'tokenID', '__proto__', '_QUERYID'],
  ),
  fc.oneof(texts, fc.array(texts, { maxLength: 2 })),
  { maxKeys: 3 },
);

const TYPES = [undefined, ...Array(6).fill('application/json'), 'multipart/form-data', 'text/x'];

function rarely<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const versions = fc.constantFrom('1.2', '2.1', '3.1', '4.0', '5.1');

function bodies(tokens: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> {
  const names = ['sessionHandles', 'username', 'properties', 'Theme', 'AMCtxId', '__proto__', ''];
  const members = fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 4 });
  return fc.oneof(
    fc
      .tuple(members, fc.option(tokens, { nil: undefined }))
      .map(([rest, tokenId]) => Buffer.from(JSON.stringify({ ...rest, tokenId }))),
    values.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  );
}

function assertInAmsWords({ status, headers, body }: WireAnswer): void {
  assert.ok(status < 500 || status === 501, `${status} ${body}`);
  for (const value of Object.values(headers).flat()) assert.match(value, /^[\x20-\x7e]*$/);
  const answer = JSON.parse(body);
  if (status < 400) return;
  assert.deepEqual(Object.keys(answer), ['code', 'reason', 'message']);
  assert.equal(answer.code, status);
}

async function storm(t: TestContext, stage: Stage, asks: fc.Arbitrary<Ask>): Promise<void> {
  const statuses = new Map<number, number>();
  const property = fc.asyncProperty(asks, async (ask) => {
    const answer = await stage.send(ask);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    assertInAmsWords(answer);
  });
  await fc.assert(property, { numRuns: 3000, seed: drawSeed(t) });
  t.diagnostic(JSON.stringify(Object.fromEntries(statuses)));
  for (const status of [200, 400]) assert.ok(statuses.has(status), `none was answered ${status}`);
}

test('actions', async (t) => {
  const stage = await openStage(WITH_PROPERTIES);
  const [ada, root] = [await openSession(stage, 'ada'), await openSession(stage, 'root')];
  const bystander = await openSession(stage, 'grace');
  const tokens = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(ada.tokenId, root.tokenId) },
    { weight: 1, arbitrary: texts },
  );
  const asks = fc.record({
    // It needs nothing but a good token, and would leave nothing to ask about.
    action: fc.oneof(
      fc.constantFrom(...ACTIONS.map(([name]) => name).filter((name) => name !== 'logout')),
      texts,
    ),
    version: versions,
    path: rarely(texts),
    header: fc.option(tokens, { nil: undefined }),
    query: rarely(queryStrings),
    body: bodies(tokens),
    type: fc.constantFrom(...TYPES),
  });
  await storm(
    t,
    stage,
    asks.map(({ action, version, path, header, query, body, type }) => ({
      method: 'POST',
      path: `${BASE}/sessions${path === undefined ? '' : `/${encoded(path)}`}`,
      query: { ...query, _action: action },
      headers: {
        'Accept-API-Version': `resource=${version}`,
        [COOKIE]: header,
        'Content-Type': type,
      },
      body,
    })),
  );
  const { end, properties } = await recordOf(stage, bystander);
  assert.deepEqual([end, properties], [null, {}], 'somebody else’s session is as it was');
});

test('queries', async (t) => {
  const stage = await openStage();
  const root = await openSession(stage, 'root');
  const asks = fc.record({
    version: versions,
    filter: fc.option(filterTexts, { nil: undefined }),
    id: rarely(fc.oneof(fc.constantFrom('all', 'list', 'server'), texts)),
    query: rarely(queryStrings),
  });
  await storm(
    t,
    stage,
    asks.map(({ version, filter, id, query }) => ({
      path: `${BASE}/sessions`,
      query: {
        ...query,
        ...(filter !== undefined && { _queryFilter: filter }),
        ...(id !== undefined && { _queryId: id }),
      },
      headers: { 'Accept-API-Version': `resource=${version}`, [COOKIE]: root.tokenId },
    })),
  );
  assert.deepEqual(await recordOf(stage, root), root.session);
});

/** As one segment of a path. */
function encoded(text: string): string {
  const segment = encodeURIComponent(text.toWellFormed());
  return /^\.*$/.test(segment) ? 'x' : segment;
}
