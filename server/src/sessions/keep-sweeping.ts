/** The sweep of a running server: ends the sessions whose time has come, again and again. */

import type { Clock } from './clock.ts';
import type { Sessions } from './sessions.ts';

/** Entries that are held in memory. */
const PAGE = 500;

export interface Sweeping {
  readonly sessions: Pick<Sessions, 'sweep'>;
  readonly clock: Clock;
  readonly intervalMs: number;
  /** A sweep that fails is tried again at the next interval. */
  readonly onFault: (error: unknown) => void;
}

/** Goes on until it is disposed of, which ends the sweep that is under way. */
export function keepSweeping({ sessions, clock, intervalMs, onFault }: Sweeping): AsyncDisposable {
  const stop = new AbortController();

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      await clock.sleep(intervalMs, stop.signal);
      if (!stop.signal.aborted) await sessions.sweep(PAGE, stop.signal).catch(onFault);
    }
  }

  const ended = loop();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}
