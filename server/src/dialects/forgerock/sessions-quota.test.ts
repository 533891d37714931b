/**
 * The quota of a realm, as AM's clients see it: one sign-in too many is refused, or ends others.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MINUTE } from '../../engine/engine.testing.ts';
import type { Quota } from '../../engine/policy.ts';
import { assertError, loginAsk, openStage, type Stage } from './forgerock.testing.ts';

/** Two sign-ins, ten minutes apart; the first one is in use, and so would lapse last. */
async function openFull(whenReached: Quota['whenReached']) {
  const stage = await openStage({}, { policy: { quota: { sessions: 2, whenReached } } });
  const first = await stage.login();
  stage.clock.advance(10 * MINUTE);
  const second = await stage.login();
  stage.clock.advance(10 * MINUTE);
  assert.equal((await stage.act('refresh', first)).status, 200);
  return { stage, first, second };
}

async function assertAlive(stage: Stage, tokenIds: readonly string[]): Promise<void> {
  for (const tokenId of tokenIds) {
    assert.equal((await stage.act('getSessionInfo', tokenId)).status, 200);
  }
}

async function assertOver(stage: Stage, tokenIds: readonly string[]): Promise<void> {
  for (const tokenId of tokenIds) {
    assertError(await stage.act('getSessionInfo', tokenId), 401, 'Access Denied');
  }
}

test('deny: the sign-in is refused', async () => {
  const { stage, first, second } = await openFull('deny');
  const third = await stage.send(loginAsk('ada', stage.people.ada.password));
  assertError(third, 401, 'You have reached your session limit.');
  await assertAlive(stage, [first, second]);
  assert.equal((await stage.act('logout', first)).status, 200);
  await assertAlive(stage, [await stage.login(), second]);
});

test('end_oldest: the first one makes room', async () => {
  const { stage, first, second } = await openFull('end_oldest');
  await assertAlive(stage, [await stage.login(), second]);
  await assertOver(stage, [first]);
});

test('end_next_expiring: the one that would lapse first makes room', async () => {
  const { stage, first, second } = await openFull('end_next_expiring');
  const third = await stage.login();
  const tokens = [first, second];
  const statuses = await Promise.all(
    tokens.map(async (tokenId) => (await stage.act('getSessionInfo', tokenId)).status),
  );
  assert.deepEqual(statuses, [200, 401], 'the one that rests');
  await assertAlive(stage, [third]);
});

test('end_all: every other one makes room', async () => {
  const { stage, first, second } = await openFull('end_all');
  const graces = await stage.login('grace');
  await assertAlive(stage, [await stage.login(), graces]);
  await assertOver(stage, [first, second]);
});
