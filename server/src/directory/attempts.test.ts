/** Owns the proof of the lockout: when it comes, whom it meets, and what it forgets. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAttempts, type Guesser, type Lock, type Lockout } from './attempts.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.UTC(2026, 2, 1, 12);

const LOCKOUT: Lockout = {
  failures: 5,
  failuresAnywhere: 12,
  withinMs: 15 * MINUTE,
  forMs: 10 * MINUTE,
};

const ADA: Guesser = { realm: 'alpha', name: 'ada', address: '192.0.2.1' };
const elsewhere = (at: number, who = ADA) => ({ ...who, address: `198.51.100.${at}` });

function setUp(change: Partial<Lockout> = {}, most?: number, onLock?: (lock: Lock) => void) {
  const clock = { time: START };
  const lockout = { ...LOCKOUT, ...change };
  const attempts = createAttempts({
    now: () => clock.time,
    lockout: (realm) => (realm === 'open' ? { ...lockout, failures: 0 } : lockout),
    ...(most !== undefined && { most }),
    ...(onLock && { onLock }),
  });
  const fail = (who: Guesser, times: number, everyMs = 0) => {
    for (let count = 0; count < times; count++) {
      if (count > 0) clock.time += everyMs;
      attempts.failed(who);
    }
  };
  /** Two from each of six addresses: no address has too many, all together have. */
  const failAnywhere = (who = ADA) => {
    for (let at = 0; at < 6; at++) fail(elsewhere(at, who), 2);
  };
  return { attempts, clock, fail, failAnywhere };
}

describe('failures from one address', () => {
  test('lock the name there for that time, and at no other address', () => {
    const { attempts, clock, fail } = setUp();
    fail(ADA, 4);
    assert.equal(attempts.lockedUntil(ADA), null);
    fail(ADA, 1);
    const until = START + 10 * MINUTE;
    assert.equal(attempts.lockedUntil(ADA), until);
    for (const other of [
      elsewhere(1),
      { ...ADA, name: 'grace' },
      { ...ADA, realm: 'beta' },
      { ...ADA, name: '192.0.2.1', address: 'ada' },
    ]) {
      assert.equal(attempts.lockedUntil(other), null);
    }
    clock.time = until - 1;
    assert.equal(attempts.lockedUntil(ADA), until);
    clock.time = until;
    assert.equal(attempts.lockedUntil(ADA), null);
    fail(ADA, 4);
    assert.equal(attempts.lockedUntil(ADA), null, 'it begins anew');
    fail(ADA, 1);
    assert.equal(attempts.lockedUntil(ADA), until + 10 * MINUTE);
  });

  test('count while they are within the time, wherever that begins', () => {
    const { attempts, clock, fail } = setUp();
    fail(ADA, 1);
    clock.time += 15 * MINUTE - 1;
    fail(ADA, 3);
    assert.equal(attempts.lockedUntil(ADA), null);
    clock.time += 1;
    fail(ADA, 1);
    assert.equal(attempts.lockedUntil(ADA), null, 'the first is too long ago');
    fail(ADA, 1);
    assert.notEqual(attempts.lockedUntil(ADA), null, 'and the others are not');
  });

  test('that come slowly never lock', () => {
    const { attempts, fail } = setUp({ failuresAnywhere: 0 });
    fail(ADA, 200, 4 * MINUTE);
    assert.equal(attempts.lockedUntil(ADA), null);
  });

  test('are forgotten after a success from there, and from there alone', () => {
    const { attempts, fail } = setUp();
    fail(ADA, 4);
    attempts.succeeded(elsewhere(1));
    attempts.succeeded({ ...ADA, name: 'grace' });
    fail(ADA, 1);
    assert.notEqual(attempts.lockedUntil(ADA), null);
    const again = setUp();
    again.fail(ADA, 4);
    again.attempts.succeeded(ADA);
    again.fail(ADA, 4);
    assert.equal(again.attempts.lockedUntil(ADA), null);
  });

  test('lock however the name is spelt, and whichever address of a network it is', () => {
    const { attempts } = setUp();
    const spellings = ['ada', ' ADA ', '\uff41da', 'Ada', 'ada\t'];
    for (const [at, name] of spellings.entries()) {
      attempts.failed({ ...ADA, name, address: `2001:db8:1:2::${at}` });
    }
    assert.notEqual(attempts.lockedUntil({ ...ADA, address: '2001:db8:1:2:ff::' }), null);
    assert.equal(attempts.lockedUntil({ ...ADA, address: '2001:db8:1:3::1' }), null);
  });

  test('of names that nobody can have lock in the same way', () => {
    for (const name of ['', 'x'.repeat(5000), '\ud800', 'code:+962790000000']) {
      const { attempts, fail } = setUp();
      fail({ ...ADA, name }, 4);
      assert.equal(attempts.lockedUntil({ ...ADA, name }), null);
      fail({ ...ADA, name }, 1);
      assert.notEqual(attempts.lockedUntil({ ...ADA, name }), null);
      assert.equal(attempts.lockedUntil({ ...ADA, name: `${name}y` }), null);
    }
  });
});

describe('failures from anywhere', () => {
  test('lock the name everywhere but where it was right', () => {
    const { attempts, clock, failAnywhere } = setUp();
    const home = { ...ADA, address: '203.0.113.7' };
    attempts.succeeded(home);
    failAnywhere();
    const until = START + 10 * MINUTE;
    for (const stranger of [ADA, elsewhere(0), elsewhere(99)]) {
      assert.equal(attempts.lockedUntil(stranger), until);
    }
    assert.equal(attempts.lockedUntil(home), null);
    assert.equal(attempts.lockedUntil({ ...ADA, name: 'grace' }), null);
    clock.time = until;
    assert.equal(attempts.lockedUntil(ADA), null);
  });

  test('leave a home 30 days long, and no longer', () => {
    const { attempts, clock, failAnywhere } = setUp();
    attempts.succeeded(ADA);
    clock.time += 30 * DAY - 1;
    failAnywhere();
    assert.equal(attempts.lockedUntil(ADA), null);
    clock.time += 1;
    assert.notEqual(attempts.lockedUntil(ADA), null);
  });

  test('are not forgotten after a success', () => {
    const { attempts, fail, failAnywhere } = setUp({ failuresAnywhere: 13 });
    failAnywhere();
    attempts.succeeded(elsewhere(3));
    fail(elsewhere(9), 1);
    assert.notEqual(attempts.lockedUntil(elsewhere(50)), null);
  });

  test('a home is still locked for its own failures, which prolong nothing elsewhere', () => {
    const { attempts, clock, fail, failAnywhere } = setUp({ failuresAnywhere: 3, failures: 50 });
    attempts.succeeded(ADA);
    failAnywhere();
    const until = attempts.lockedUntil(elsewhere(0));
    clock.time += MINUTE;
    fail(ADA, 40);
    assert.equal(attempts.lockedUntil(elsewhere(0)), until);
    assert.equal(attempts.lockedUntil(ADA), null);
    fail(ADA, 10);
    assert.equal(attempts.lockedUntil(ADA), clock.time + 10 * MINUTE);
  });
});

describe('none of either', () => {
  test('locks where the realm says 0', () => {
    const { attempts, fail, failAnywhere } = setUp();
    const open = { ...ADA, realm: 'open' };
    fail(open, 11);
    assert.equal(attempts.lockedUntil(open), null);
    fail(open, 1);
    assert.notEqual(attempts.lockedUntil(open), null, 'from anywhere has its own number');
    const never = setUp({ failures: 0, failuresAnywhere: 0 });
    never.fail(ADA, 1000);
    never.failAnywhere();
    assert.equal(never.attempts.lockedUntil(ADA), null);
    failAnywhere();
    assert.notEqual(attempts.lockedUntil(ADA), null);
  });
});

describe('memory', () => {
  test('is bounded: who has not failed for longest is forgotten first', () => {
    const { attempts, fail } = setUp({ failuresAnywhere: 0 }, 3);
    fail({ ...ADA, name: 'first' }, 4);
    fail({ ...ADA, name: 'second' }, 4);
    fail({ ...ADA, name: 'third' }, 4);
    fail({ ...ADA, name: 'first' }, 1);
    fail({ ...ADA, name: 'fourth' }, 1);
    assert.notEqual(attempts.lockedUntil({ ...ADA, name: 'first' }), null);
    fail({ ...ADA, name: 'second' }, 1);
    assert.equal(attempts.lockedUntil({ ...ADA, name: 'second' }), null, 'it had made room');
    fail({ ...ADA, name: 'fourth' }, 4);
    assert.notEqual(attempts.lockedUntil({ ...ADA, name: 'fourth' }), null);
  });

  test('of homes is not touched by failures', () => {
    const { attempts, fail, failAnywhere } = setUp({}, 3);
    attempts.succeeded(ADA);
    for (let at = 0; at < 10; at++) fail({ ...ADA, name: `nobody${at}` }, 1);
    failAnywhere();
    assert.notEqual(attempts.lockedUntil(elsewhere(77)), null);
    assert.equal(attempts.lockedUntil(ADA), null);
  });
});

test('a lock is said once, and not whose it is', () => {
  const locks: Lock[] = [];
  const { fail, failAnywhere } = setUp({}, undefined, (lock) => locks.push(lock));
  fail(ADA, LOCKOUT.failures);
  assert.deepEqual(
    locks.map(({ realm, address, where }) => [realm, address, where]),
    [[ADA.realm, ADA.address, 'at this address']],
  );
  failAnywhere();
  assert.equal(locks.filter(({ where }) => where === 'everywhere').length, 1);
  assert.doesNotMatch(JSON.stringify(locks), new RegExp(ADA.name));
});
