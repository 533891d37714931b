/**
 * Clients that are told when a sign-in ends: the notice is due in the commit that ends it, and is
 * tried until it is delivered or nobody tries again.
 */

import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import {
  DAY,
  GRANT,
  HOUR,
  MINUTE,
  OPEN,
  openWorld,
  POLICY,
  SECOND,
  SIGN_OUT,
} from './engine.testing.ts';

const AT = { id: OPEN.id, realm: OPEN.realm } as const;
const NOTICE = { by: 'oauth', facts: { issuer: 'https://lamp.example' } };
const TOLD = { ...GRANT, notice: NOTICE };
const SWEEP = { type: 'sweep', id: OPEN.id } as const;

function begun(grant = TOLD) {
  const world = openWorld();
  world.must({ ...OPEN, grant });
  return world;
}

const ATTEMPT = {
  type: 'attempt_notice',
  id: OPEN.id,
  by: 'oauth',
  client: 'web',
  fault: null,
} as const;

const settle = (fault: string | null, client = 'web') =>
  ({ type: 'settle_notice', id: OPEN.id, by: 'oauth', client, fault }) as const;

const states = (world: ReturnType<typeof begun>) =>
  world.session().notices.map(({ client, state }) => `${client} ${state}`);

describe('a notice', () => {
  it('waits while the sign-in lives, one for each client', () => {
    const world = begun();
    world.must({ type: 'add_grant', ...AT, grant: TOLD });
    world.must({ type: 'add_grant', ...AT, grant: { ...TOLD, client: 'desk' } });
    world.must({ type: 'add_grant', ...AT, grant: { ...GRANT, client: 'mute' } });
    assert.deepEqual(states(world), ['web waiting', 'desk waiting']);
    assert.deepEqual(world.must(SWEEP).due, []);
  });

  it('is due in the commit that ends the sign-in, and filed for the sweep at once', () => {
    const world = begun();
    world.now += MINUTE;
    const { session } = world.must(SIGN_OUT);
    assert.deepEqual(states(world), ['web due']);
    assert.equal(session.dueAt, world.now);
  });

  for (const [name, ends] of [
    [
      'time',
      (world: ReturnType<typeof begun>) => {
        world.now += 3 * HOUR;
      },
    ],
    [
      'a replay that ends the session',
      (world: ReturnType<typeof begun>) => {
        const ask = { client: 'web', binding: { kind: 'none', value: '' }, scope: null } as const;
        const rotate = { type: 'rotate', ...AT, slot: 1, ...ask, keyId: 1, restMs: 0 } as const;
        for (const generation of [1, 2, 1]) world.run({ ...rotate, generation });
      },
    ],
  ] as const) {
    it(`is due when ${name} has ended it`, () => {
      const world = begun({ ...TOLD, isSignIn: true });
      ends(world);
      world.must(SWEEP);
      assert.notEqual(world.session().end, null);
      assert.deepEqual(states(world), ['web due']);
    });
  }

  it('is due for a client whose grant ended before, too', () => {
    const world = begun();
    const why = { reason: 'revoked_by_client', by: 'user' } as const;
    world.must({ type: 'end_part', ...AT, slot: 1, ...why });
    assert.deepEqual(states(world), ['web waiting'], 'the sign-in goes on');
    world.must(SIGN_OUT);
    assert.deepEqual(states(world), ['web due']);
  });

  it('has its attempt written down before it is made, and the next one filed', () => {
    const world = begun();
    world.must(SIGN_OUT);
    const { due } = world.must(SWEEP);
    assert.deepEqual(
      due.map(({ client, attempts }) => [client, attempts]),
      [['web', 0]],
      'to wait is no attempt',
    );
    assert.equal(world.must(ATTEMPT).tell?.notice.attempts, 1);
    assert.equal(world.session().dueAt, world.now + POLICY.notices.firstMs);
    assert.equal(world.must(ATTEMPT).tell, null, 'nobody else makes the same attempt');
    assert.deepEqual(world.must(SWEEP).due, []);
  });

  it('is tried at growing distances, and given up in the end', () => {
    const world = begun();
    world.must(SIGN_OUT);
    const begin = world.now;
    const tried: number[] = [];
    while (world.session().notices[0]?.state === 'due') {
      world.now = Math.max(world.now, world.session().dueAt);
      if (world.must(ATTEMPT).tell) tried.push((world.now - begin) / SECOND);
      world.must(settle('status 500'));
    }
    assert.deepEqual(tried, [0, 10, 30, 70, 150]);
    assert.deepEqual(states(world), ['web dead']);
    assert.equal(world.session().notices[0]?.fault, 'status 500');
  });

  it('that is delivered is not tried again, and stays to be seen', () => {
    const world = begun();
    world.must(SIGN_OUT);
    world.must(ATTEMPT);
    world.now += SECOND;
    world.must(settle(null));
    assert.deepEqual(states(world), ['web delivered']);
    assert.equal(world.session().notices[0]?.at, world.now);
    world.must(settle('too late'));
    assert.deepEqual(states(world), ['web delivered']);
    world.now += DAY;
    assert.deepEqual(world.must(SWEEP).due, []);
    assert.equal(world.must(ATTEMPT).tell, null);
  });

  it('that is due keeps its record from being forgotten, between two attempts too', () => {
    const world = openWorld({ ...POLICY, rememberMs: 0 });
    world.must({ ...OPEN, grant: TOLD });
    world.must(SIGN_OUT);
    world.must(SWEEP);
    world.must(ATTEMPT);
    world.must(settle('status 500'));
    world.now += SECOND;
    assert.equal(world.must(SWEEP).swept, 'filed');
    assert.equal(world.session().dueAt, world.now - SECOND + POLICY.notices.firstMs);
    world.now += POLICY.notices.firstMs;
    world.must(ATTEMPT);
    world.must(settle(null));
    world.must(SWEEP);
    assert.ok(!world.sessions.has(OPEN.id));
  });

  it('for whom there is no room has one attempt less, and says why', () => {
    const world = begun();
    world.must(SIGN_OUT);
    assert.equal(world.must({ ...ATTEMPT, fault: 'too many wait' }).tell, null);
    const [notice] = world.session().notices;
    assert.deepEqual([notice?.attempts, notice?.fault], [1, 'too many wait']);
    assert.equal(world.session().dueAt, world.now + POLICY.notices.firstMs);
  });

  it('of a stranger is no matter', () => {
    const world = begun();
    assert.deepEqual(world.must(settle(null)), { settled: false }, 'it waits still');
    assert.deepEqual(world.must(settle(null, 'nobody')), { settled: false });
  });
});
