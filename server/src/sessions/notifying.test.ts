/** Notifying: clients are told, at once or later, by this process or another. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Notice, Session } from '../engine/session.ts';
import { openMemoryStore } from '../stores/memory/index.ts';
import { DAY, GRANT, granted, OPEN, openSessionsWorld } from './sessions.testing.ts';

const TOLD = { ...OPEN, grant: { ...GRANT, notice: { by: 'oauth', facts: { a: 'b' } } } };
const WHY = { reason: 'signed_out', by: 'user' } as const;

/** A receiver that fails as often as it is told to, and remembers what it heard. */
function receiver(failures: number) {
  const heard: string[] = [];
  let left = failures;
  return {
    heard,
    tell: async (session: Session, { client, attempts, facts }: Notice) => {
      heard.push(`${session.end?.reason} ${client} ${attempts} ${JSON.stringify(facts)}`);
      if (left-- <= 0) return null;
      if (left % 2) throw new Error('connection refused');
      return 'status 500';
    },
  };
}

async function endOne(failures: number) {
  const { heard, tell } = receiver(failures);
  const world = await openSessionsWorld({}, openMemoryStore(), tell);
  const { session } = granted(await world.sessions.open(TOLD));
  granted(await world.sessions.endSession(session, WHY));
  await world.sessions.settled();
  const notices = async () => (await world.sessions.inspect(session.id))?.session.notices;
  return { ...world, session, heard, notices };
}

test('a client is told at once when the sign-in ends, and once', async () => {
  const { heard, notices, sessions, clock } = await endOne(0);
  assert.deepEqual(heard, ['signed_out web 1 {"a":"b"}']);
  assert.equal((await notices())?.[0]?.state, 'delivered');
  clock.move(DAY);
  await sessions.sweep(100);
  await sessions.settled();
  assert.equal(heard.length, 1);
});

test('a receiver that was down for the first tries is told by the sweep', async () => {
  const { heard, notices, sessions, clock } = await endOne(2);
  assert.equal((await notices())?.[0]?.fault, 'Error: connection refused');
  for (const wait of [9_999, 1, 20_000]) {
    clock.move(wait);
    await sessions.sweep(100);
    await sessions.settled();
  }
  assert.equal(heard.length, 3);
  const [notice] = (await notices()) ?? [];
  assert.deepEqual([notice?.state, notice?.attempts, notice?.fault], ['delivered', 3, null]);
});

test('another process makes the attempt that a dead one had begun', async () => {
  const store = openMemoryStore();
  const silent = await openSessionsWorld({}, store, () => new Promise<null>(() => undefined));
  const { session } = granted(await silent.sessions.open(TOLD));
  granted(await silent.sessions.endSession(session, WHY));
  await new Promise(setImmediate);
  const { heard, tell } = receiver(0);
  const next = await openSessionsWorld({}, store, tell);
  await next.sessions.sweep(100);
  await next.sessions.settled();
  assert.deepEqual(heard, [], 'the attempt may be under way');
  next.clock.move(10_000);
  await next.sessions.sweep(100);
  await next.sessions.settled();
  assert.equal(heard.length, 1);
});

test('every session of a person has its clients told', async () => {
  const { heard, tell } = receiver(0);
  const { sessions } = await openSessionsWorld({}, openMemoryStore(), tell);
  for (let count = 0; count < 5; count++) granted(await sessions.open(TOLD));
  await sessions.endSubject('alpha', OPEN.subject, { ...WHY, reason: 'signed_out_everywhere' });
  await sessions.settled();
  assert.equal(heard.length, 5);
});

test('where nobody tells, notices wait for somebody who does', async () => {
  const store = openMemoryStore();
  const mute = await openSessionsWorld({}, store);
  const { session } = granted(await mute.sessions.open(TOLD));
  granted(await mute.sessions.endSession(session, WHY));
  await mute.sessions.settled();
  const found = await mute.sessions.inspect(session.id);
  assert.equal(found?.session.notices[0]?.state, 'due');
});
