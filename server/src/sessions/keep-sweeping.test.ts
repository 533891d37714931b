/** The sweep: over and over, whatever goes wrong, until it is stopped. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepSweeping } from './keep-sweeping.ts';

/** A clock on which nobody waits, until somebody wants to see the end. */
function clockFor(turns: number) {
  const slept: number[] = [];
  const isDone = Promise.withResolvers<void>();
  const clock = {
    now: () => 0,
    async sleep(ms: number, signal?: AbortSignal) {
      slept.push(ms);
      if (slept.length <= turns) return;
      isDone.resolve();
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    },
  };
  return { clock, slept, isDone: isDone.promise };
}

test('goes on after a fault, and ends when it is disposed of', async () => {
  const answers = [500, new Error('down'), 3];
  const faults: unknown[] = [];
  const asked: number[] = [];
  const { clock, slept, isDone } = clockFor(3);
  const sessions = {
    async sweep(pageLength: number) {
      asked.push(pageLength);
      const answer = answers.shift() ?? 0;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const onFault = (fault: unknown) => faults.push(fault);
  const sweeping = keepSweeping({ sessions, clock, intervalMs: 70, onFault });
  await isDone;
  await sweeping[Symbol.asyncDispose]();
  assert.deepEqual(slept, [70, 70, 70, 70]);
  assert.deepEqual(asked, [500, 500, 500]);
  assert.deepEqual(faults, [new Error('down')]);
});

test('ends a sweep that is under way, however much is left', async () => {
  const { clock } = clockFor(9);
  const begun = Promise.withResolvers<void>();
  const sessions = {
    async sweep(_pageLength: number, signal?: AbortSignal) {
      begun.resolve();
      while (!signal?.aborted) await new Promise(setImmediate);
      return 0;
    },
  };
  const sweeping = keepSweeping({
    sessions,
    clock,
    intervalMs: 70,
    onFault: () => assert.fail('it was stopped'),
  });
  await begun.promise;
  await sweeping[Symbol.asyncDispose]();
});
