/** The crew: workers that share many seeds among them. */

import { Worker } from 'node:worker_threads';
import type { Journey, Result } from './world.ts';

/**
 * Runs every journey once, on so many threads.
 *
 * @param onResult Told of each as it ends, in no set order; false ends the whole.
 */
export async function runAll(
  journeys: readonly Journey[],
  threads: number,
  onResult: (result: Result) => boolean,
): Promise<void> {
  const left = [...journeys];
  const count = Math.max(1, Math.min(threads, left.length));
  await Promise.all(Array.from({ length: count }, () => work(left, onResult)));
}

/** One thread, until none are left. */
async function work(left: Journey[], onResult: (result: Result) => boolean): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  try {
    for (let next = left.shift(); next; next = left.shift()) {
      if (!onResult(await hand(worker, next))) left.length = 0;
    }
  } finally {
    await worker.terminate();
  }
}

function hand(worker: Worker, journey: Journey): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.postMessage(journey);
  return promise.finally(() => {
    worker.off('message', resolve);
    worker.off('error', reject);
  });
}
