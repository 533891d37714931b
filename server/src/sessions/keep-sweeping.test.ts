/** The sweep: until nothing is left, over and over, whatever goes wrong, until it is stopped. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepSweeping } from './keep-sweeping.ts';

test('goes on after a fault, until nothing is left, and ends when it is disposed of', async () => {
  const answers = [500, 500, 3, new Error('down'), 500, 0];
  const faults: unknown[] = [];
  const asked: number[] = [];
  const slept: number[] = [];
  const isDone = Promise.withResolvers<void>();
  const sessions = {
    async sweep(limit: number) {
      asked.push(limit);
      const answer = answers.shift() ?? 0;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const clock = {
    now: () => 0,
    async sleep(ms: number, signal?: AbortSignal) {
      slept.push(ms);
      if (answers.length > 0) return;
      isDone.resolve();
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    },
  };
  const sweeping = keepSweeping({
    sessions,
    clock,
    intervalMs: 70,
    onFault: (it) => faults.push(it),
  });
  await isDone.promise;
  await sweeping[Symbol.asyncDispose]();
  assert.deepEqual(slept, [70, 70, 70, 70]);
  assert.deepEqual(asked, [500, 500, 500, 500, 500, 500]);
  assert.deepEqual(faults, [new Error('down')]);
});
