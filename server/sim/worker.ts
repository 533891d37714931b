/** A worker: lives through one history after the other, on a thread of its own. */

import { parentPort } from 'node:worker_threads';
import { type Journey, runWorld } from './world.ts';

parentPort?.on('message', async (journey: Journey) => {
  parentPort?.postMessage(await runWorld(journey));
});
