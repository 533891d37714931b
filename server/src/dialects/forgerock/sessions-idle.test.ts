/**
 * The idle clock: which actions reset it, and when, on a clock that the test moves (fact sheet 3.6).
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { SECOND } from '../../engine/engine.testing.ts';
import { bodyOf, openStage } from './forgerock.testing.ts';
import { ACTIONS } from './handlers/actions/table.ts';
import { openSession, recordOf, WITH_PROPERTIES } from './sessions.testing.ts';

const RESETTING = [
  'refresh',
  'getSessionInfoAndResetIdleTime',
  'validate',
  'validate&refresh=true',
  'validate&refresh=',
  'isActive&refresh=true',
  'isActive&refresh=TRUE',
];

const ENDING = ['logout', 'logoutByHandle', 'logoutByUser'];

const LEAVING = [
  ...ACTIONS.map(([name]) => name).filter((name) => !RESETTING.includes(name)),
  'validate&refresh=false',
  'validate&refresh=False',
  'isActive&refresh=1',
  'getSessionInfo&refresh=true',
].filter((name) => !ENDING.includes(name));

const BODIES: Readonly<Record<string, object>> = {
  updateSessionProperties: { Theme: 'dark' },
  setProperty: { Theme: 'dark' },
  deleteProperty: { properties: ['Theme'] },
};

/** How far the last access moves when the action comes so long after the sign-in. */
async function moveAfter(seconds: number, action: string): Promise<number> {
  const stage = await openStage(WITH_PROPERTIES);
  const root = await openSession(stage, 'root');
  const opened = await openSession(stage, 'ada');
  stage.clock.advance(seconds * SECOND);
  const name = action.split('&')[0] ?? '';
  const major = ACTIONS.find(([known]) => known === name)?.[1].at(-1);
  const minors: Readonly<Record<number, string>> = { 1: '1.2', 4: '4.0', 5: '5.1' };
  const answer = await stage.act(action, root.tokenId, {
    headers: { 'Accept-API-Version': `resource=${minors[major ?? 0]}` },
    body: { tokenId: opened.tokenId, ...BODIES[name] },
  });
  assert.equal(answer.status, 200, `${action}: ${answer.body}`);
  const { lastAccessAt } = await recordOf(stage, opened);
  return (lastAccessAt - opened.session.lastAccessAt) / SECOND;
}

test('at 59 s, and at 60, nothing resets the idle clock', async () => {
  for (const action of [...RESETTING, ...LEAVING]) {
    assert.equal(await moveAfter(59, action), 0, action);
    assert.equal(await moveAfter(60, action), 0, action);
  }
});

test('at 61 s these do', async () => {
  for (const action of RESETTING) assert.equal(await moveAfter(61, action), 61, action);
});

test('these never do', async () => {
  for (const action of LEAVING) {
    assert.equal(await moveAfter(61, action), 0, action);
    assert.equal(await moveAfter(1799, action), 0, action);
  }
});

test('only what resets the idle clock keeps a session alive', async () => {
  const stage = await openStage();
  const [kept, watched] = [await openSession(stage, 'ada'), await openSession(stage, 'ada')];
  for (let minute = 0; minute < 40; minute += 10) {
    stage.clock.advance(600 * SECOND);
    await stage.act('validate', kept.tokenId);
    await stage.act('getSessionInfo', watched.tokenId);
  }
  assert.equal(bodyOf(await stage.act('validate', kept.tokenId)).valid, true);
  assert.equal(bodyOf(await stage.act('validate', watched.tokenId)).valid, false);
});

test('a query resets nobody’s idle clock', async () => {
  const stage = await openStage();
  const root = await openSession(stage, 'root');
  const opened = await openSession(stage, 'ada');
  stage.clock.advance(61 * SECOND);
  const answer = await stage.act('', root.tokenId, {
    method: 'GET',
    path: '/am/json/sessions',
    query: { _queryFilter: 'realm eq "/alpha"' },
  });
  assert.equal(bodyOf(answer).resultCount, 2);
  assert.deepEqual(await recordOf(stage, opened), opened.session);
  assert.deepEqual(await recordOf(stage, root), root.session);
});
