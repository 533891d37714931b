/** The scheduler: order, time, and what is planned while something happens. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Scheduler } from './scheduler.ts';

describe('the scheduler', () => {
  it('lets things happen by time, and at one moment in the order in which they were planned', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (waits) => {
        const scheduler = new Scheduler(1000);
        const happened: { at: number; turn: number }[] = [];
        for (const [turn, ms] of waits.entries()) {
          scheduler.after(ms, () => happened.push({ at: scheduler.now, turn }));
        }
        while (scheduler.step());
        const planned = waits.map((ms, turn) => ({ at: 1000 + ms, turn }));
        planned.sort((left, right) => left.at - right.at || left.turn - right.turn);
        assert.deepEqual(happened, planned);
      }),
    );
  });

  it('takes in what is planned while something happens', () => {
    const scheduler = new Scheduler(0);
    const happened: string[] = [];
    scheduler.after(5, () => {
      happened.push('first');
      scheduler.after(0, () => happened.push('at once'));
      scheduler.after(1, () => happened.push('before the last'));
    });
    scheduler.after(7, () => happened.push('last'));
    while (scheduler.step());
    assert.deepEqual(happened, ['first', 'at once', 'before the last', 'last']);
    assert.equal(scheduler.now, 7);
  });

  it('stops at a time, and is there then', () => {
    const scheduler = new Scheduler(0);
    let count = 0;
    scheduler.after(10, () => count++);
    scheduler.after(11, () => count++);
    assert.equal(scheduler.step(10), true);
    assert.equal(scheduler.step(10), false);
    assert.deepEqual([count, scheduler.now], [1, 10]);
    assert.equal(scheduler.step(10.5), false);
    assert.equal(scheduler.now, 10.5);
    assert.equal(scheduler.step(), true);
    assert.deepEqual([count, scheduler.now], [2, 11]);
    assert.equal(scheduler.step(), false);
  });

  it('does not go back', () => {
    const scheduler = new Scheduler(0);
    assert.throws(() => scheduler.after(-1, () => undefined), RangeError);
    assert.throws(() => scheduler.after(Number.NaN, () => undefined), RangeError);
  });
});
