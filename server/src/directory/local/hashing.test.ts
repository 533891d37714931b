/** Owns the proof of the password hash: its parameters, and that it stays off the main thread. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argon2id } from './hashing.ts';

const PASSWORD = Buffer.from('a long enough password');
/** The OWASP Password Storage Cheat Sheet's. */
const OWASP = { memory: 19_922_944, passes: 2, lanes: 1 };
const QUICK = { memory: 65_536, passes: 1, lanes: 1 };

test('it is argon2id with these parameters, salted', async () => {
  const { hash, verify, isOutdated } = argon2id(OWASP);
  const hashed = await hash(PASSWORD);
  assert.match(hashed, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.notEqual(await hash(PASSWORD), hashed);
  assert.equal(await verify(hashed, PASSWORD), true);
  assert.equal(await verify(hashed, Buffer.from('another password')), false);
  assert.equal(isOutdated(hashed), false);
});

test('a hash is outdated under any other parameter, and still verifies', async () => {
  const hashed = await argon2id(QUICK).hash(PASSWORD);
  assert.equal(argon2id(QUICK).isOutdated(hashed), false);
  for (const change of [{ memory: 66_560 }, { passes: 2 }, { lanes: 2 }]) {
    const { isOutdated, verify } = argon2id({ ...QUICK, ...change });
    assert.equal(isOutdated(hashed), true);
    assert.equal(await verify(hashed, PASSWORD), true);
  }
});

test('the dummy has the parameters of a real hash, and is nobody’s', async () => {
  for (const parameters of [OWASP, QUICK]) {
    const { dummy, hash, isOutdated, verify } = argon2id(parameters);
    const real = await hash(PASSWORD);
    assert.equal(dummy.length, real.length);
    assert.deepEqual(dummy.split('$').slice(0, 4), real.split('$').slice(0, 4));
    assert.equal(isOutdated(dummy), false);
    assert.equal(await verify(dummy, PASSWORD), false);
    assert.equal(await verify(dummy, Buffer.alloc(0)), false);
  }
});

test('the main thread goes on while passwords are hashed and verified', async () => {
  const { hash, verify, dummy } = argon2id(OWASP);
  for (const work of [() => hash(PASSWORD), () => verify(dummy, PASSWORD)]) {
    let turns = 0;
    let done = false;
    const finished = Promise.all([work(), work()]).then(() => {
      done = true;
    });
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve));
      turns++;
    }
    await finished;
    assert.ok(turns > 20, `${turns} turns of the event loop`);
  }
});
