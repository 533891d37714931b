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

const told = (client: string) => ({
  ...OPEN,
  grant: { ...GRANT, client, notice: { by: 'oauth', facts: {} } },
});

/** Ends so many sign-ins with that client, and remembers which. */
async function endMany(
  sessions: Awaited<ReturnType<typeof openSessionsWorld>>['sessions'],
  client: string,
  count: number,
): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    const epoch = await sessions.epoch('alpha', OPEN.subject);
    const { session } = granted(await sessions.open({ ...told(client), epoch }));
    ids.push(session.id);
  }
  await sessions.endSubject('alpha', OPEN.subject, { ...WHY, reason: 'password_changed' });
  return ids;
}

test('a crowd is told one after the other, a few at once, and waiting is no attempt', async () => {
  let atOnce = 0;
  let most = 0;
  const heard = new Set<string>();
  const tell = async (session: Session) => {
    most = Math.max(most, ++atOnce);
    await new Promise(setImmediate);
    atOnce--;
    heard.add(session.id);
    return null;
  };
  const { sessions } = await openSessionsWorld({}, openMemoryStore(), tell);
  const ids = await endMany(sessions, 'web', 300);
  await sessions.sweep(100);
  await sessions.settled();
  assert.deepEqual([heard.size, most], [300, 8]);
  for (const id of ids) {
    const [notice] = (await sessions.inspect(id))?.session.notices ?? [];
    assert.deepEqual([notice?.state, notice?.attempts], ['delivered', 1]);
  }
});

test('a client that never answers keeps no other from being told', async () => {
  const heard: string[] = [];
  const tell = (_session: Session, { client }: Notice) => {
    if (client === 'tar pit') return new Promise<null>(() => undefined);
    heard.push(client);
    return Promise.resolve(null);
  };
  const { sessions } = await openSessionsWorld({}, openMemoryStore(), tell);
  await endMany(sessions, 'tar pit', 100);
  await endMany(sessions, 'web', 20);
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  assert.equal(heard.length, 20);
});

test('a stop waits for the calls under way alone, and the next process tells the rest', async () => {
  const store = openMemoryStore();
  const answers: (() => void)[] = [];
  const slow = () => new Promise<null>((resolve) => answers.push(() => resolve(null)));
  const first = await openSessionsWorld({}, store, slow);
  const ids = await endMany(first.sessions, 'web', 30);
  while (answers.length < 8) await new Promise(setImmediate);
  const closed = first.sessions.close();
  for (const answer of answers) answer();
  await closed;
  assert.equal(answers.length, 8);
  const { heard, tell } = receiver(0);
  const next = await openSessionsWorld({}, store, tell);
  await next.sessions.sweep(100);
  await next.sessions.settled();
  assert.equal(heard.length, 22);
  assert.ok(
    heard.every((line) => line.startsWith('password_changed web 1 ')),
    'none has lost an attempt',
  );
  for (const id of ids) {
    assert.equal((await next.sessions.inspect(id))?.session.notices[0]?.state, 'delivered');
  }
});
