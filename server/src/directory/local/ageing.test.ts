/** Owns the proof that a password is as old as its last change, and ends when it must. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argon2id } from './hashing.ts';
import { ADA, ADDRESS, check, DAY, QUICK, START, setUp } from './local.testing.ts';

test('a password ends when it is too old, with a warning before, and a new one begins anew', async () => {
  const age = { maxMs: 30 * DAY, warnMs: 7 * DAY };
  const asked: string[] = [];
  const { directory, clock } = setUp({
    passwordAge: (realm) => {
      asked.push(realm);
      return age;
    },
  });
  const authenticate = (password: string) =>
    directory.authenticate('alpha', 'ada', password, ADDRESS);
  const right = async (password = ADA.password) => {
    const found = await authenticate(password);
    return found.verdict === 'right' ? found : assert.fail(found.verdict);
  };
  await directory.add(ADA);
  const endsAt = START + 30 * DAY;
  const { passwordEndsAt, isPasswordEnding } = await right();
  assert.deepEqual([passwordEndsAt, isPasswordEnding], [endsAt, false]);
  assert.deepEqual(asked, ['alpha']);
  clock.time = endsAt - 7 * DAY - 1;
  assert.equal((await right()).isPasswordEnding, false);
  clock.time += 1;
  assert.equal((await right()).isPasswordEnding, true);
  clock.time = endsAt - 1;
  assert.equal((await right()).person.passwordChangedAt, START);
  clock.time = endsAt;
  const expired = await authenticate(ADA.password);
  assert.ok(expired.verdict === 'expired');
  assert.equal(expired.person.subject, 'ada');
  assert.deepEqual(await authenticate('wrong-password'), { verdict: 'wrong' });

  await directory.setPassword('alpha', 'ada', 'a-second-password');
  assert.equal((await directory.find('alpha', 'ada'))?.passwordChangedAt, endsAt);
  assert.equal((await right('a-second-password')).passwordEndsAt, endsAt + 30 * DAY);
});

test('a hash that is renewed leaves the password as old as it was', async () => {
  const { directory, open, clock } = setUp();
  await directory.add(ADA);
  clock.time += DAY;
  assert.ok(await check(open({ hashing: argon2id({ ...QUICK, passes: 2 }) }), 'ada', ADA.password));
  assert.equal((await directory.find('alpha', 'ada'))?.passwordChangedAt, START);
});
