/** Owns the proof of the guard: a lock comes before the hash, and no guess goes round it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '../stores/memory/index.ts';
import { createAttempts, type Lockout } from './attempts.ts';
import type { Directory } from './directory.ts';
import { guard } from './guarded.ts';
import { argon2id } from './local/hashing.ts';
import { openLocalDirectory } from './local/index.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 2, 1, 12);
const RIGHT = 'let-there-be-light-1';
const HERE = '192.0.2.1';
const THERE = '198.51.100.7';

const LOCKOUT = { failures: 3, failuresAnywhere: 10, withinMs: 15 * MINUTE, forMs: 10 * MINUTE };

/** A guarded directory with `ada` in it, and a count of the passwords that were looked at. */
async function setUp(change: Partial<Lockout> = {}, maxMs: number | null = null) {
  const clock = { time: START };
  const now = () => clock.time;
  const real = argon2id({ memory: 8192, passes: 1, lanes: 1 });
  let looked = 0;
  const hashing: typeof real = {
    ...real,
    verify(hashed, password) {
      looked++;
      return real.verify(hashed, password);
    },
  };
  const local = openLocalDirectory({
    store: openMemoryStore(),
    hashing,
    hashesAtOnce: 3,
    now,
    passwordAge: () => ({ maxMs, warnMs: 0 }),
  });
  await local.add({
    realm: 'alpha',
    username: 'ada',
    password: RIGHT,
    email: 'ada@example.com',
    mobile: '+962 79 000 0000',
  });
  const attempts = createAttempts({ now, lockout: () => ({ ...LOCKOUT, ...change }) });
  const directory = guard(local, attempts);
  const check = async (password: string, address = HERE, login = 'ada') =>
    (await directory.authenticate('alpha', login, password, address)).verdict;
  return { directory, local, attempts, check, clock, looked: () => looked };
}

test('a lock comes before any hashing, tells when it ends, and ends then', async () => {
  const { directory, check, clock, looked } = await setUp();
  for (let count = 0; count < 3; count++) assert.equal(await check('wrong'), 'wrong');
  assert.equal(looked(), 3);
  const until = START + 10 * MINUTE;
  for (const password of [RIGHT, 'wrong', '']) {
    clock.time += MINUTE;
    const found = await directory.authenticate('alpha', ' ADA', password, HERE);
    assert.deepEqual(found, { verdict: 'locked', until });
  }
  assert.equal(looked(), 3);
  assert.equal(await check(RIGHT, THERE), 'right', 'the owner is elsewhere');
  clock.time = until;
  assert.equal(await check('wrong'), 'wrong', 'it begins anew, as if there had been none');
  assert.equal(await check('wrong'), 'wrong');
  assert.equal(await check(RIGHT), 'right');
});

test('an unknown login, and an inactive one, are locked exactly like a known one', async () => {
  const stories = await Promise.all(
    ['ada', 'nobody', 'nobody@example.com'].map(async (login) => {
      const { directory, clock } = await setUp();
      const story: unknown[] = [];
      for (let count = 0; count < 16; count++) {
        const address = count < 5 ? HERE : `198.51.100.${count}`;
        story.push(await directory.authenticate('alpha', login, 'wrong', address));
        clock.time += MINUTE / 4;
      }
      return story;
    }),
  );
  assert.deepEqual(stories[1], stories[0]);
  assert.deepEqual(stories[2], stories[0]);
  const verdicts = new Set(stories[0]?.map((it) => JSON.stringify(it)));
  assert.ok(verdicts.size > 2, 'both locks came');
});

test('of guesses side by side, no more are answered than one after another', async () => {
  const { check, looked } = await setUp();
  const passwords = [...Array<string>(60).fill('wrong'), RIGHT];
  const verdicts = await Promise.all(passwords.map((password) => check(password)));
  assert.equal(verdicts.filter((verdict) => verdict === 'wrong').length, 3);
  assert.equal(verdicts.filter((verdict) => verdict === 'locked').length, 58);
  assert.equal(verdicts.at(-1), 'locked', 'a right one that comes too late tells nothing');
  assert.equal(await check(RIGHT), 'locked');
  assert.ok(looked() > 3);
});

test('any number of right ones side by side are right', async () => {
  const { check } = await setUp();
  const verdicts = await Promise.all(Array.from({ length: 200 }, () => check(RIGHT)));
  assert.deepEqual(new Set(verdicts), new Set(['right']));
});

test('whoever has signed in with one name is at home with the other', async () => {
  const { check, attempts } = await setUp();
  assert.equal(await check(RIGHT, HERE, 'Ada@Example.com'), 'right');
  for (const name of ['ada', 'ada@example.com']) {
    for (let at = 0; at < 10; at++) {
      attempts.failed({ realm: 'alpha', name, address: `198.51.100.${at}` });
    }
    assert.equal(await check(RIGHT, THERE, name), 'locked');
    assert.equal(await check(RIGHT, HERE, name), 'right');
  }
});

test('a right password counts as no failure when it is too old', async () => {
  const { check, clock } = await setUp({}, 1000);
  assert.equal(await check('wrong'), 'wrong');
  assert.equal(await check('wrong'), 'wrong');
  clock.time += 1000;
  for (let count = 0; count < 5; count++) assert.equal(await check(RIGHT), 'expired');
  assert.equal(await check('wrong'), 'wrong');
  assert.equal(await check(RIGHT), 'expired', 'and takes those before it away');
});

test('a check that never happened counts as nothing', async () => {
  const { local, attempts } = await setUp();
  const busy: Directory = {
    ...local,
    authenticate: async () => assert.fail('busy'),
  };
  const directory = guard(busy, attempts);
  for (let count = 0; count < 20; count++) {
    await assert.rejects(directory.authenticate('alpha', 'ada', 'wrong', HERE), /busy/);
  }
  assert.equal(attempts.lockedUntil({ realm: 'alpha', name: 'ada', address: HERE }), null);
});

test('all else is the directory’s own', async () => {
  const { directory, local } = await setUp();
  const ada = await local.find('alpha', 'ada');
  assert.ok(ada);
  assert.deepEqual(await directory.find('alpha', 'ada'), ada);
  assert.deepEqual(await directory.resolve('alpha', 'ada@example.com'), ada);
  assert.deepEqual(await directory.findByNumber('alpha', ada.number), ada);
  const deny = async () => false;
  const grace = { realm: 'alpha', username: 'grace', password: 'keep-the-lamp-lit-2' };
  await assert.rejects(directory.add(grace, deny));
  await directory.add(grace);
  await assert.rejects(directory.setPassword('alpha', 'ada', 'another-one-9', deny));
  await directory.setPassword('alpha', 'grace', 'another-one-9');
  const found = await local.authenticate('alpha', 'grace', 'another-one-9', HERE);
  assert.equal(found.verdict, 'right');
});

test('a mobile number is one name, however it is set out', async () => {
  const { check, looked } = await setUp();
  const spellings = [
    '+962790000000',
    '962-790-000-000',
    '(9627) 90.000.000',
    '9 6 2 7 9 0 0 0 0 0 0 0',
  ];
  const verdicts: string[] = [];
  for (const login of spellings) verdicts.push(await check('guess', HERE, login));
  assert.deepEqual(verdicts, ['wrong', 'wrong', 'wrong', 'locked']);
  assert.equal(await check(RIGHT, HERE, '＋９６２７９0000000'), 'locked');
  assert.equal(looked(), 3);
});
