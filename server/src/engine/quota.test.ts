/**
 * Quotas: how many sessions a person has at once, and which end for one more (I19).
 */

import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MINUTE, OPEN, openWorld, POLICY, refusalOf, type World } from './engine.testing.ts';
import { sessionEnd } from './life.ts';
import type { Policy, Quota } from './policy.ts';

const quota = (whenReached: Quota['whenReached'], sessions = 2): Policy => ({
  ...POLICY,
  quota: { sessions, whenReached },
});

/** Opens one more session of the person; names it after its number. */
function open(world: World, number: number, ask: object = {}) {
  return world.run({ ...OPEN, id: idOf(number), ...ask });
}

function idOf(number: number): string {
  return String(number).padStart(16, '0');
}

function living(world: World): string[] {
  return [...world.sessions.values()]
    .filter((session) => !sessionEnd(session, world.now))
    .map(({ id }) => String(Number(id)));
}

describe('a quota', () => {
  it('refuses one sign-in too many, and leaves the others as they are', () => {
    const world = openWorld(quota('deny'));
    open(world, 1);
    open(world, 2);
    const commits = world.commits;
    assert.equal(refusalOf(open(world, 3)), 'quota_reached');
    assert.deepEqual([living(world), world.commits], [['1', '2'], commits]);
  });

  it('ends the oldest', () => {
    const world = openWorld(quota('end_oldest'));
    for (const number of [1, 2, 3]) {
      world.now += MINUTE;
      open(world, number);
    }
    assert.deepEqual(living(world), ['2', '3']);
    assert.deepEqual(world.session(idOf(1)).end, {
      reason: 'made_room',
      at: world.now,
      by: 'policy',
    });
    assert.ok(
      world.session(idOf(1)).grants.every(({ end }) => end !== null),
      'with all it has (I9)',
    );
  });

  it('ends the one that would lapse first', () => {
    const world = openWorld(quota('end_next_expiring'));
    open(world, 1, { lifeMs: 90 * MINUTE });
    open(world, 2, { idleMs: 5 * MINUTE });
    open(world, 3);
    assert.deepEqual(living(world), ['1', '3']);
  });

  it('ends all others', () => {
    const world = openWorld(quota('end_all', 3));
    for (const number of [1, 2, 3, 4]) open(world, number);
    assert.deepEqual(living(world), ['4']);
  });

  it('counts neither what time has ended nor other people', () => {
    const world = openWorld(quota('deny'));
    open(world, 1);
    open(world, 2);
    assert.equal(refusalOf(open(world, 3, { subject: 'nils' })), undefined);
    world.now += 31 * MINUTE;
    assert.equal(refusalOf(open(world, 4)), undefined);
  });

  it('that was lowered ends as many as are too many', () => {
    const world = openWorld(quota('end_oldest', 5));
    for (const number of [1, 2, 3, 4, 5]) {
      world.now += 1;
      open(world, number);
    }
    const lower = openWorld(quota('end_oldest', 2), world.now);
    for (const session of world.sessions.values()) lower.sessions.set(session.id, session);
    open(lower, 6, { epoch: 0 });
    assert.deepEqual(living(lower), ['5', '6']);
  });

  it('is kept by any run of sign-ins, sign-outs and waiting (I19)', () => {
    const step = fc.oneof(
      fc.constant('open' as const),
      fc.record({ wait: fc.integer({ min: 0, max: 40 }) }),
      fc.record({ end: fc.nat(20) }),
    );
    const rule = fc.constantFrom('deny', 'end_next_expiring', 'end_oldest', 'end_all');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), rule, fc.integer({ min: 1, max: 4 }), holds),
      { numRuns: 300 },
    );
  });
});

function holds(
  steps: readonly ('open' | { wait: number } | { end: number })[],
  rule: Quota['whenReached'],
  sessions: number,
): void {
  const world = openWorld(quota(rule, sessions));
  let opened = 0;
  for (const step of steps) {
    if (step === 'open') {
      const before = living(world).length;
      const refused = refusalOf(open(world, ++opened));
      assert.equal(refused === 'quota_reached', rule === 'deny' && before >= sessions);
    } else if ('wait' in step) {
      world.now += step.wait * MINUTE;
    } else {
      const why = { reason: 'signed_out', by: 'user', beforeEpoch: null } as const;
      world.run({ type: 'end_session', id: idOf(step.end), realm: OPEN.realm, ...why });
    }
    assert.ok(living(world).length <= sessions);
  }
}
