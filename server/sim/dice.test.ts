/** The dice: the same seed throws the same, another seed does not, and nothing is out of bounds. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Dice } from './dice.ts';

describe('dice', () => {
  it('throw the same with the same seed, and otherwise with another', () => {
    const throws = (seed: number) => {
      const dice = new Dice(seed);
      return Array.from({ length: 8 }, () => dice.u32()).join();
    };
    const seeds = Array.from({ length: 500 }, (_, seed) => throws(seed));
    assert.equal(new Set(seeds).size, seeds.length);
    assert.deepEqual(
      seeds.slice(0, 10),
      Array.from({ length: 10 }, (_, seed) => throws(seed)),
    );
  });

  it('stay within their bounds, and reach both', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: -5, max: 5 }), fc.nat(3), (seed, low, more) => {
        const dice = new Dice(seed);
        const thrown = new Set(Array.from({ length: 200 }, () => dice.between(low, low + more)));
        const all = Array.from({ length: more + 1 }, (_, at) => low + at);
        assert.deepEqual(
          [...thrown].sort((left, right) => left - right),
          all,
        );
      }),
    );
  });

  it('throw chances and waiting times about as often and as long as asked', () => {
    const dice = new Dice(7);
    const count = 20_000;
    const hits = Array.from({ length: count }, () => dice.chance(0.3)).filter(Boolean).length;
    assert.ok(Math.abs(hits / count - 0.3) < 0.02, `${hits} hits`);
    const waits = Array.from({ length: count }, () => dice.about(1000));
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / count;
    assert.ok(Math.abs(mean - 1000) < 40, `a mean of ${mean}`);
    assert.ok(waits.every((wait) => Number.isInteger(wait) && wait >= 1 && wait <= 10_000));
  });

  it('have nothing to pick from nothing', () => {
    assert.throws(() => new Dice(1).pick([]), RangeError);
  });
});
