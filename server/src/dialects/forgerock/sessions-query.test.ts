/**
 * The query: what it finds, what it refuses, and what it costs among thousands of sessions.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MINUTE } from '../../engine/engine.testing.ts';
import { openMemoryStore } from '../../stores/memory/index.ts';
import type { Store } from '../../stores/store.ts';
import { assertError, BASE, bodyOf, COOKIE, openStage, type Stage } from './forgerock.testing.ts';
import { handleOf } from './handles.ts';
import { openSession } from './sessions.testing.ts';

async function query(
  stage: Stage,
  tokenId: string | undefined,
  parameters: Readonly<Record<string, string | readonly string[]>>,
  version = '4.0',
) {
  return stage.send({
    path: `${BASE}/sessions`,
    query: parameters,
    headers: { 'Accept-API-Version': `resource=${version}`, [COOKIE]: tokenId },
  });
}

async function usernames(stage: Stage, tokenId: string, filter: string): Promise<unknown[]> {
  const answer = await query(stage, tokenId, { _queryFilter: filter });
  assert.equal(answer.status, 200, answer.body);
  const { result, resultCount } = bodyOf(answer) as {
    result: { username: string }[];
    resultCount: number;
  };
  assert.equal(resultCount, result.length);
  return result.map(({ username }) => username);
}

test('finds the live sessions of a realm, or of one person in it', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  const root = await openSession(stage, 'root');
  for (const subject of ['ada', 'ada', 'grace']) await openSession(stage, subject);
  await openSession(stage, 'ada', 'beta');
  const over = await openSession(stage, 'ada');
  await stage.act('logout', over.tokenId);
  const find = (filter: string) => usernames(stage, root.tokenId, filter);
  assert.deepEqual(await find('realm eq "/alpha"'), ['ada', 'ada', 'grace', 'root']);
  assert.deepEqual(await find('username eq "ada" and realm eq "/alpha"'), ['ada', 'ada']);
  assert.deepEqual(await find("/realm eq 'alpha' AND (/username eq 'grace')"), ['grace']);
  assert.deepEqual(await find('username eq "ADA" and realm eq "/alpha"'), ['ada', 'ada']);
  for (const nothing of [
    'username eq "ada" and username eq "grace" and realm eq "/alpha"',
    'realm eq "/alpha" and realm eq "/nowhere"',
    'realm eq "/nowhere"',
    'username eq "nobody" and realm eq "/alpha"',
    'username eq "\ud800" and realm eq "/alpha"',
    'username eq "__proto__" and realm eq "/alpha"',
  ]) {
    assert.deepEqual(await find(nothing), [], nothing);
  }
});

test('names each session by a handle, by which it can be ended', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  const [root, ada] = [await openSession(stage, 'root'), await openSession(stage, 'ada')];
  const beta = await openSession(stage, 'ada', 'beta');
  const filter = { _queryFilter: 'username eq "ada" and realm eq "/alpha"' };
  const found = bodyOf(await query(stage, root.tokenId, filter)).result as [
    { sessionHandle: string },
  ];
  const [{ sessionHandle }] = found;
  assert.match(sessionHandle, /^shandle:./);
  assert.ok(!ada.tokenId.includes(sessionHandle.slice('shandle:'.length)));
  const ended = await stage.act('logoutByHandle', root.tokenId, {
    body: { sessionHandles: [sessionHandle, handleOf(beta.session), '__proto__'] },
  });
  // What was never there is gone; what is another realm's is not for this administrator.
  assert.equal(
    ended.body,
    `{"result":{"${sessionHandle}":true,"${handleOf(beta.session)}":false,"__proto__":true}}`,
  );
  assertError(await stage.act('getSessionInfo', ada.tokenId), 401, 'Access Denied');
  const path = '/am/json/realms/root/realms/beta/sessions?_action=getSessionInfo';
  assert.equal((await stage.act('', beta.tokenId, { path })).status, 200);
  const again = await stage.act('logoutByHandle', root.tokenId, {
    body: { sessionHandles: [sessionHandle] },
  });
  assert.equal(again.body, `{"result":{"${sessionHandle}":true}}`);
  const typed = await stage.act('logoutByHandle', root.tokenId, {
    body: { sessionHandles: [sessionHandle, 7] },
  });
  assertError(typed, 400, '/sessionHandles/1: Expecting a String');
});

test('is for administrators, and for their own realm', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  const filter = { _queryFilter: 'realm eq "/alpha"' };
  const [ada, root] = [await openSession(stage, 'ada'), await openSession(stage, 'root')];
  const stranger = await openSession(stage, 'root', 'beta');
  for (const version of ['1.2', '2.1', '3.1', '4.0', '5.1']) {
    const ask = version === '1.2' ? { _queryId: 'all' } : filter;
    assert.equal((await query(stage, root.tokenId, ask, version)).status, 200);
    assertError(await query(stage, ada.tokenId, ask, version), 403, 'Forbidden');
    assertError(await query(stage, stranger.tokenId, ask, version), 401, 'Access Denied');
    assertError(await query(stage, undefined, ask, version), 401, 'Access Denied');
  }
  const elsewhere = { _queryFilter: 'realm eq "/beta"' };
  assertError(await query(stage, root.tokenId, elsewhere), 403, 'Forbidden');
});

test('looks at the filter as AM does', async () => {
  const stage = await openStage();
  const { tokenId } = await openSession(stage, 'root');
  for (const [filter, message] of [
    ['username eq "ada"', 'The query filter must specify the realm'],
    ['realm eq ""', 'The query filter must specify the realm'],
    [
      'realm eq "/alpha" and sessionHandle eq "x"',
      'sessionHandle is not supported in query filter',
    ],
    ['realm eq "/alpha" and __proto__ eq "x"', '__proto__ is not supported in query filter'],
    ['/ eq "x"', ' is not supported in query filter'],
    ['realm eq "/alpha" or realm eq "/alpha"', 'or is not supported in query filter'],
    ['!(realm eq "/alpha")', 'not is not supported in query filter'],
    ['realm pr', 'pr is not supported in query filter'],
    ['realm co "alpha"', 'co is not supported in query filter'],
    ['true', 'true is not supported in query filter'],
    ['realm eq 7', 'The value of realm must be a string'],
  ] as const) {
    assertError(await query(stage, tokenId, { _queryFilter: filter }), 400, message);
  }
  for (const filter of ['', 'realm', 'realm eq "/alpha', '('.repeat(5000)]) {
    assertError(
      await query(stage, tokenId, { _queryFilter: filter }),
      400,
      `The value '${filter}' for parameter '_queryFilter' could not be parsed as a valid query filter`,
    );
  }
});

test('checks what CREST checks of pages, and turns none', async () => {
  const stage = await openStage();
  const { tokenId } = await openSession(stage, 'root');
  const realm = { _queryFilter: 'realm eq "/alpha"' };
  const twice = "Multiple values provided for the single-valued request parameter '_pageSize'";
  const both = 'The parameters _pagedResultsOffset and _pagedResultsCookie are mutually exclusive';
  for (const [ask, message] of [
    [{ _pageSize: ['1', '2'] }, twice],
    [{ _pagedResultsOffset: '1', _pagedResultsCookie: 'x' }, both],
    [
      { _pagedResultsOffset: '1.5' },
      "The value '1.5' for parameter '_pagedResultsOffset' could not be parsed as a valid integer",
    ],
    [
      { _queryExpression: 'x' },
      'The parameters _queryFilter and _queryExpression are mutually exclusive',
    ],
  ] as const) {
    assertError(await query(stage, tokenId, { ...realm, ...ask }), 400, message);
  }
  const missing = 'Query Filter must be specified in the request';
  assertError(await query(stage, tokenId, { _queryExpression: 'x' }), 400, missing);
  const first = { ...realm, _pageSize: '0', _pagedResultsOffset: '0', _pagedResultsCookie: 'x' };
  assert.equal(bodyOf(await query(stage, tokenId, first)).resultCount, 1);
});

interface Counted {
  readonly store: Store;
  /** Rows that were read, and entries of indexes that were gone through. */
  readonly count: () => number;
}

function countReads(inner: Store): Counted {
  let rows = 0;
  return {
    count: () => rows,
    store: {
      facts: inner.facts,
      commit: (writes) => inner.commit(writes),
      close: () => inner.close(),
      read(keys) {
        rows += keys.length;
        return inner.read(keys);
      },
      async list(index, range) {
        const entries = await inner.list(index, range);
        rows += entries.length;
        return entries;
      },
    },
  };
}

/** What a query reads, and the milliseconds that it takes. */
async function costOf(stage: Stage, counted: Counted, tokenId: string, filter: string) {
  const times: number[] = [];
  let reads = 0;
  let found = 0;
  for (let turn = 0; turn < 5; turn++) {
    const before = counted.count();
    const started = Date.now();
    found = (await usernames(stage, tokenId, filter)).length;
    times.push(Date.now() - started);
    reads = counted.count() - before;
  }
  return { found, reads, ms: Math.min(...times) };
}

test('10,000 sessions of a realm: answers at once, whatever others have', async (t) => {
  const counted = countReads(openMemoryStore());
  const stage = await openStage({}, { store: counted.store, realms: ['beta'] });
  const { tokenId } = await openSession(stage, 'root');
  for (let one = 0; one < 200; one++) await openSession(stage, 'ada');
  const ofRealm = () => costOf(stage, counted, tokenId, 'realm eq "/alpha"');
  const ofPerson = () => costOf(stage, counted, tokenId, 'username eq "ada" and realm eq "/alpha"');
  const alone = { realm: await ofRealm(), person: await ofPerson() };
  for (let one = 0; one < 10_000; one++) {
    await openSession(stage, `mira-${one % 100}`);
    await openSession(stage, 'ada', 'beta');
  }
  const among = { realm: await ofRealm(), person: await ofPerson() };
  t.diagnostic(`alone ${JSON.stringify(alone)}, among 20,000 others ${JSON.stringify(among)}`);
  for (const { found, ms, reads } of [among.realm, among.person]) {
    assert.equal(found, 120, 'the cap');
    assert.ok(ms < 50, `${ms} ms`);
    assert.ok(reads < 300, `${reads} rows`);
  }
  assert.equal(among.realm.reads, alone.realm.reads);
  assert.equal(among.person.reads, alone.person.reads);
});

test('the cap is a setting', async () => {
  const stage = await openStage({ session_list_size: 2 });
  const { tokenId } = await openSession(stage, 'root');
  for (let one = 0; one < 3; one++) await openSession(stage, 'ada');
  assert.equal((await usernames(stage, tokenId, 'realm eq "/alpha"')).length, 2);
});

test('what is left is told in minutes, to version 1', async () => {
  const stage = await openStage();
  const { tokenId } = await openSession(stage, 'root');
  stage.clock.advance(10.5 * MINUTE);
  const answer = await query(stage, tokenId, { _queryId: '01' }, '1.1');
  assert.deepEqual(bodyOf(answer).result, [{ userid: 'root', timeleft: 109 }]);
});
