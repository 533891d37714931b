/** Quotas under racing sign-ins. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Quota } from '../engine/policy.ts';
import { granted, MINUTE, OPEN, openSessionsWorld, POLICY } from './sessions.testing.ts';

const withQuota = (sessions: number, whenReached: Quota['whenReached']) =>
  openSessionsWorld({ policy: { ...POLICY, quota: { sessions, whenReached } } });

for (const rule of ['deny', 'end_next_expiring', 'end_oldest', 'end_all'] as const) {
  test(`40 sign-ins at once on two nodes, a quota of 4: ${rule} (I19)`, async () => {
    const { sessions, other } = await withQuota(4, rule);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, at) => (at % 2 ? sessions : other).open(OPEN)),
    );
    const opened = outcomes.filter((outcome) => !('refused' in outcome)).length;
    const { sessions: live } = await sessions.live('alpha', OPEN.subject, 100);
    assert.deepEqual([opened, live.length], [rule === 'deny' ? 4 : 40, 4]);
  });
}

test('a quota costs nothing where there is none', async () => {
  const { sessions, store } = await openSessionsWorld();
  granted(await sessions.open(OPEN));
  const reads = store.reads;
  granted(await sessions.open(OPEN));
  assert.equal(store.reads - reads, 1);
});

test('a token of a session that made way is told so', async () => {
  const { sessions } = await withQuota(1, 'end_oldest');
  const first = granted(await sessions.open(OPEN));
  const token = sessions.token(first.session, 'some');
  granted(await sessions.open(OPEN));
  const refused = await sessions.touch(token, 'alpha');
  assert.equal('refused' in refused && refused.refused, 'session_ended');
  assert.equal((await sessions.inspectToken(token))?.end?.reason, 'made_room');
});

test('sessions that time has ended hide no live one from the quota, before the sweep comes', async () => {
  const { sessions, clock } = await withQuota(100, 'deny');
  for (let round = 0; round < 3; round++) {
    for (let count = 0; count < 100; count++) granted(await sessions.open(OPEN));
    const refused = await sessions.open(OPEN);
    assert.equal('refused' in refused && refused.refused, 'quota_reached', `round ${round}`);
    clock.move(31 * MINUTE);
  }
});

test('a crowd of sign-ins of one person is served in turn, each with one commit', async () => {
  const { sessions, store } = await withQuota(5, 'end_oldest');
  const begun = store.commits;
  const outcomes: Promise<unknown>[] = [];
  for (let count = 0; count < 300; count++) {
    outcomes.push(sessions.open(OPEN).then(granted));
    if (count % 4 === 0) await new Promise(setImmediate);
  }
  await Promise.all(outcomes);
  assert.equal(store.commits - begun, 300);
});
