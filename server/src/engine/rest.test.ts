/**
 * Renewals that leave the generation as it is: clients whose refresh token rotates seldom or never.
 */

import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import type { Rotate } from './command.ts';
import { DAY, GRANT, HOUR, MINUTE, OPEN, openWorld, refusalOf, SECOND } from './engine.testing.ts';

const ROTATE: Rotate = {
  type: 'rotate',
  id: OPEN.id,
  realm: OPEN.realm,
  slot: 1,
  generation: 1,
  client: GRANT.client,
  binding: GRANT.binding,
  scope: null,
  keyId: 1,
  restMs: 10 * MINUTE,
};
const NEVER = { ...ROTATE, restMs: Number.POSITIVE_INFINITY };

function begun(grant = GRANT) {
  const world = openWorld();
  world.must({ ...OPEN, grant });
  return world;
}

describe('a generation that rests', () => {
  it('stays the current one until it is old enough', () => {
    const world = begun();
    world.now += 10 * MINUTE - 1;
    const young = world.must(ROTATE);
    assert.deepEqual([young.grant.generation, young.rested], [1, true]);
    world.now += 1;
    const old = world.must(ROTATE);
    assert.deepEqual([old.grant.generation, old.rested, old.retry], [2, false, false]);
  });

  it('keeps grant and session alive, to the throttle, and writes no more often', () => {
    const world = begun({ ...GRANT, idleMs: 20 * MINUTE });
    const { commits } = world;
    for (let minute = 0; minute < 50; minute++) {
      world.now += MINUTE + 1;
      world.must(NEVER);
      world.must(NEVER);
    }
    assert.equal(world.commits - commits, 50);
    assert.equal(world.session().lastAccessAt, world.now);
    world.now += 20 * MINUTE;
    assert.equal(refusalOf(world.run(NEVER)), 'grant_ended', 'it rested too long');
  });

  it('keeps an offline grant alive that outlives its session', () => {
    const world = begun({ ...GRANT, offline: true, idleMs: DAY, lifeMs: 30 * DAY });
    for (let step = 0; step < 40; step++) {
      world.now += 12 * HOUR;
      world.must(NEVER);
    }
    assert.equal(world.session().grants[0]?.generation, 1);
  });

  it('is evidence that it has arrived: the one before is spent (I3, I4)', () => {
    const world = begun();
    world.must({ ...ROTATE, restMs: 0 });
    world.now += 15 * SECOND;
    world.must({ ...ROTATE, generation: 2 });
    assert.equal(refusalOf(world.run(ROTATE)), 'token_replayed');
  });

  it('leaves a retry of the one before alone while nobody has used it (I2)', () => {
    const world = begun();
    world.must({ ...ROTATE, restMs: 0 });
    world.now += 30 * SECOND;
    const again = world.must(ROTATE);
    assert.deepEqual([again.grant.generation, again.retry], [2, true]);
  });

  it('is never young to a clock that is behind, when none is asked to rest (I1)', () => {
    const world = begun();
    world.must({ ...ROTATE, restMs: 0 });
    world.now -= MINUTE;
    assert.equal(world.must({ ...ROTATE, generation: 2, restMs: 0 }).grant.generation, 3);
  });
});

describe("a grant's own rules", () => {
  const own = (rules: Partial<typeof GRANT>) => begun({ ...GRANT, ...rules });
  const NEXT = { ...ROTATE, restMs: 0 };

  it('bound its retries instead of the policy (I4)', () => {
    const world = own({ retryCapMs: 5 * SECOND });
    world.must(NEXT);
    world.now += 5 * SECOND - 1;
    assert.equal(world.must(NEXT).retry, true);
    world.now += 1;
    assert.equal(refusalOf(world.run(NEXT)), 'token_replayed');
  });

  it('let evidence count for as long as they have retries', () => {
    const world = own({ retryCapMs: HOUR });
    world.must(NEXT);
    world.now += 10 * MINUTE;
    assert.equal(world.must(NEXT).retry, true, 'unbound, and the policy says a minute');
    const at = { id: OPEN.id, realm: OPEN.realm };
    world.must({ type: 'see_access', ...at, slot: 1, generation: 2 });
    assert.equal(refusalOf(world.run(NEXT)), 'token_replayed');
  });

  it('say what a replay ends', () => {
    for (const [replayEndsSession, isOver] of [
      [true, true],
      [false, false],
      [null, false],
    ] as const) {
      const world = own({ replayEndsSession, retryCapMs: 0 });
      world.must(NEXT);
      world.run(NEXT);
      assert.equal(world.session().end !== null, isOver);
      assert.notEqual(world.session().grants[0]?.end, null);
    }
  });
});
