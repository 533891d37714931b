/**
 * The retry rule, case by case and as properties.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Rotate, UseGrant } from './command.ts';
import { DAY, GRANT, HOUR, MINUTE, OPEN, openWorld, POLICY, SECOND } from './engine.testing.ts';
import type { Policy } from './policy.ts';
import type { Binding } from './session.ts';

const NONE: Binding = { kind: 'none', value: '' };

const ROTATE: Rotate = {
  type: 'rotate',
  id: OPEN.id,
  realm: 'alpha',
  slot: 1,
  generation: 1,
  client: 'web',
  binding: NONE,
  scope: null,
  keyId: 1,
  restMs: 0,
};

function begun(binding: Binding = NONE, policy: Policy = POLICY) {
  const world = openWorld(policy);
  world.must({ ...OPEN, lifeMs: 10 * DAY, idleMs: DAY, grant: { ...GRANT, binding } });
  const rotate = (generation: number, ask: Partial<Rotate> = {}) =>
    world.run({ ...ROTATE, binding, generation, ...ask });
  const grant = () => world.session().grants[0];
  return { world, rotate, grant };
}

function outcomeOf(outcome: object): string {
  if ('refused' in outcome) return String(outcome.refused);
  return 'retry' in outcome && outcome.retry === true ? 'retry' : 'rotated';
}

describe('the retry rule', () => {
  it('advances the current generation in one commit', () => {
    const { world, rotate, grant } = begun();
    const before = world.commits;
    assert.equal(outcomeOf(rotate(1)), 'rotated');
    assert.equal(world.commits, before + 1);
    assert.equal(grant()?.generation, 2);
  });

  it('gives a retry the same successor and writes nothing (I1, I2, I13)', () => {
    const { world, rotate } = begun();
    const first = rotate(1, { keyId: 3 });
    const before = world.commits;
    world.now += 59_999;
    const again = rotate(1, { keyId: 4 });
    assert.equal(outcomeOf(again), 'retry');
    assert.ok('grant' in first && 'grant' in again);
    assert.deepEqual(
      again.grant,
      first.grant,
      'with the key of the first, though keys rotated since',
    );
    assert.equal(world.commits, before);
  });

  it('treats a predecessor as replayed once the cap has passed (I3)', () => {
    const { world, rotate, grant } = begun();
    rotate(1);
    world.now += MINUTE;
    const late = rotate(1);
    assert.equal(outcomeOf(late), 'token_replayed');
    assert.equal(grant()?.end?.reason, 'token_replayed');
    assert.equal(outcomeOf(rotate(2)), 'grant_ended', 'the successor is dead too');
    assert.equal(world.session().end, null, 'the sign-in lives on');
  });

  it('does not slide: retries do not move the end of the window (I4)', () => {
    const { world, rotate } = begun();
    rotate(1);
    for (let count = 0; count < 5; count++) {
      world.now += 11 * SECOND;
      assert.equal(outcomeOf(rotate(1)), 'retry');
    }
    world.now += 5 * SECOND;
    assert.equal(outcomeOf(rotate(1)), 'token_replayed');
  });

  it('closes when the successor is used for renewal: two generations back is theft (I3, I4)', () => {
    const { rotate } = begun();
    rotate(1);
    rotate(2);
    assert.equal(outcomeOf(rotate(2)), 'retry', 'one back is a retry');
    assert.equal(outcomeOf(rotate(1)), 'token_replayed');
  });

  it('closes when an access token of the successor is seen in use (I4)', () => {
    const { world, rotate } = begun();
    rotate(1);
    const see = {
      type: 'see_access',
      id: OPEN.id,
      realm: 'alpha',
      slot: 1,
      generation: 2,
    } as const;
    world.must(see);
    const commits = world.commits;
    world.must(see);
    assert.equal(world.commits, commits, 'evidence is written once');
    world.now += POLICY.retryOverlapMs - 1;
    assert.equal(outcomeOf(rotate(1)), 'retry', 'another tab may have asked before it knew');
    world.now += 1;
    assert.equal(outcomeOf(rotate(1)), 'token_replayed');
  });

  it('is not closed by an access token of the generation before', () => {
    const { world, rotate } = begun();
    rotate(1);
    world.must({ type: 'see_access', id: OPEN.id, realm: 'alpha', slot: 1, generation: 1 });
    assert.equal(outcomeOf(rotate(1)), 'retry');
  });

  it('opens a new window with each generation', () => {
    const { world, rotate } = begun();
    rotate(1);
    world.must({ type: 'see_access', id: OPEN.id, realm: 'alpha', slot: 1, generation: 2 });
    world.now += HOUR;
    rotate(2);
    assert.equal(outcomeOf(rotate(2)), 'retry');
  });

  it('is patient with a bound grant, up to its own cap', () => {
    for (const kind of ['client', 'device', 'dpop', 'mtls'] as const) {
      const { world, rotate } = begun({ kind, value: 'thumbprint' });
      rotate(1);
      world.now += HOUR - 1;
      assert.equal(outcomeOf(rotate(1)), 'retry', kind);
      world.now += 1;
      assert.equal(outcomeOf(rotate(1)), 'token_replayed', kind);
    }
  });

  it('ends the whole session at a replay where the policy says so', () => {
    const { world, rotate } = begun(NONE, { ...POLICY, replayEndsSession: true });
    rotate(1);
    rotate(2);
    rotate(1);
    assert.equal(world.session().end?.reason, 'token_replayed');
    assert.equal(outcomeOf(rotate(3)), 'session_ended');
  });

  it('ends the session at the replay of a token that stands for the sign-in', () => {
    const world = openWorld();
    world.must({ ...OPEN, grant: { ...GRANT, isSignIn: true } });
    for (const generation of [1, 2, 1]) world.run({ ...ROTATE, generation });
    assert.equal(world.session().end?.reason, 'token_replayed');
  });

  it('takes a clock that went backward for no time passed', () => {
    const { world, rotate } = begun();
    rotate(1);
    world.now -= 30 * SECOND;
    assert.equal(outcomeOf(rotate(1)), 'retry');
    const { lastAccessAt } = world.session();
    assert.equal(outcomeOf(rotate(2)), 'rotated');
    assert.ok(world.session().lastAccessAt >= lastAccessAt, 'I8');
  });

  it('advances from a generation that a restored store has forgotten', () => {
    const { rotate, grant } = begun();
    assert.equal(outcomeOf(rotate(7)), 'rotated');
    assert.equal(grant()?.generation, 8);
    assert.equal(outcomeOf(rotate(7)), 'retry');
    assert.equal(outcomeOf(rotate(1)), 'token_replayed');
  });

  it('answers no other client, and holds that against nobody', () => {
    const { world, rotate } = begun();
    const commits = world.commits;
    assert.equal(outcomeOf(rotate(1, { client: 'other' })), 'wrong_client');
    assert.equal(world.commits, commits);
    assert.equal(outcomeOf(rotate(1)), 'rotated');
  });

  it('answers no other device, keeps the attempt, and spares the owner (I15)', () => {
    const { world, rotate } = begun({ kind: 'device', value: 'mine' });
    const other: Binding = { kind: 'device', value: 'other' };
    assert.equal(outcomeOf(rotate(1, { binding: other })), 'wrong_binding');
    assert.equal(outcomeOf(rotate(1, { binding: NONE })), 'wrong_binding');
    const kept = world.session().history.find((note) => note.what === 'binding_refused');
    assert.equal(kept?.count, 1, 'once per throttle');
    world.now += 2 * MINUTE;
    rotate(1, { binding: other });
    assert.equal(world.session().history.at(-1)?.count, 2);
    assert.equal(outcomeOf(rotate(1)), 'rotated');
  });

  it('refuses more scope than the grant has, and spends nothing on it', () => {
    const { rotate } = begun();
    assert.equal(outcomeOf(rotate(1, { scope: ['read', 'admin'] })), 'scope_exceeded');
    assert.equal(outcomeOf(rotate(1, { scope: ['read'] })), 'rotated');
    assert.equal(
      outcomeOf(rotate(2, { scope: ['read', 'write'] })),
      'rotated',
      'the grant is whole',
    );
  });

  it('counts as being there: the idle clock of the session is reset', () => {
    const { world, rotate } = begun();
    world.now += 5 * HOUR;
    rotate(1);
    assert.equal(world.session().lastAccessAt, world.now);
  });
});

describe('a rotating token that is used for something else', () => {
  function using(binding: Binding = NONE) {
    const { world, rotate, grant } = begun(binding);
    const use = (generation: number, ask: Partial<UseGrant> = {}) =>
      outcomeOf(
        world.run({
          type: 'use_grant',
          ...{ id: OPEN.id, realm: 'alpha', slot: 1, client: 'web', binding, generation },
          ...ask,
        }),
      );
    return { world, rotate, grant, use };
  }

  it('is good while it is current, and closes the window of the one before (I4)', () => {
    const { world, rotate, use } = using();
    assert.equal(use(1), 'rotated');
    rotate(1);
    assert.equal(use(2), 'rotated');
    const { commits } = world;
    assert.equal(use(2, { client: null }), 'rotated');
    assert.equal(world.commits, commits, 'evidence is written once');
    world.now += POLICY.retryOverlapMs;
    assert.equal(outcomeOf(rotate(1)), 'token_replayed');
  });

  it('is good as an honest retry, and does not spend it', () => {
    const { rotate, use } = using();
    rotate(1);
    assert.equal(use(1), 'rotated');
    assert.equal(outcomeOf(rotate(1)), 'retry');
  });

  it('ends the grant when it is spent (I3)', () => {
    const { world, rotate, use, grant } = using();
    rotate(1);
    world.now += MINUTE;
    assert.equal(use(1), 'token_replayed');
    assert.equal(grant()?.end?.reason, 'token_replayed');
  });

  it('answers to its own device and client alone (I15)', () => {
    const { use } = using({ kind: 'device', value: 'mine' });
    assert.equal(use(1, { binding: NONE }), 'wrong_binding');
    assert.equal(use(1, { client: 'other' }), 'wrong_client');
    assert.equal(use(1), 'rotated');
  });
});

describe('the retry rule, against a model', () => {
  /** What the rule says, told again from nothing but what was presented and answered, and when. */
  interface Model {
    current: number;
    firstUsedAt: number;
    seen: boolean;
    dead: boolean;
  }

  const step = fc.oneof(
    fc.record({ do: fc.constant('rotate' as const), back: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ do: fc.constant('access' as const), back: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.oneof(fc.nat(90_000), fc.nat(15_000)) }),
  );

  it('agrees with it on any sequence (I1 to I5)', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, bound) => {
        const binding: Binding = bound ? { kind: 'dpop', value: 'jkt' } : NONE;
        const { world, rotate, grant } = begun(binding);
        const cap = bound ? POLICY.retryCapBoundMs : POLICY.retryCapUnboundMs;
        const model: Model = { current: 1, firstUsedAt: world.now, seen: false, dead: false };
        for (const action of steps) {
          if (action.do === 'wait') world.now += action.ms;
          if (action.do === 'access') {
            const generation = Math.max(1, model.current - action.back);
            world.run({ type: 'see_access', id: OPEN.id, realm: 'alpha', slot: 1, generation });
            if (generation === model.current) model.seen = true;
          }
          if (action.do === 'rotate') {
            const generation = Math.max(1, model.current - action.back);
            assert.equal(
              outcomeOf(rotate(generation)),
              expected(model, generation, world.now, cap),
            );
          }
        }
        assert.equal(grant()?.end !== null, model.dead);
      }),
      { numRuns: 2000 },
    );
  });

  function expected(model: Model, generation: number, now: number, cap: number): string {
    if (model.dead) return 'grant_ended';
    if (generation === model.current) {
      Object.assign(model, { current: generation + 1, firstUsedAt: now, seen: false });
      return 'rotated';
    }
    const age = now - model.firstUsedAt;
    const isSettled = model.seen && age >= POLICY.retryOverlapMs;
    const isHonest = generation === model.current - 1 && !isSettled && age < cap;
    if (isHonest) return 'retry';
    model.dead = true;
    return 'token_replayed';
  }

  it('detects two independent holders of an unbound token', () => {
    // Each renews in its own time, as applications do before an access token of an hour runs out.
    // To stay hidden the two would have to meet within the cap, every time.
    const pauses = fc.array(fc.integer({ min: 5 * MINUTE, max: 60 * MINUTE }), {
      minLength: 40,
      maxLength: 40,
    });
    fc.assert(
      fc.property(pauses, pauses, (owner, thief) => {
        const { world, rotate } = begun();
        const turns = [...schedule('owner', owner), ...schedule('thief', thief)];
        turns.sort((one, other) => one.at - other.at);
        const held = { owner: 1, thief: 1 };
        const start = world.now;
        const caught = turns.some(({ at, who }) => {
          world.now = start + at;
          const outcome = rotate(held[who]);
          if ('refused' in outcome) return outcome.refused === 'token_replayed';
          held[who] = outcome.grant.generation;
          return false;
        });
        assert.ok(caught);
      }),
      { numRuns: 500 },
    );
  });

  function schedule(who: 'owner' | 'thief', pauses: readonly number[]) {
    let at = 0;
    return pauses.map((pause) => {
      at += pause;
      return { who, at };
    });
  }
});
