/** The sweep of a running server: ends the sessions whose time has come, again and again. */

import type { Clock } from './clock.ts';
import type { Sessions } from './sessions.ts';

/** Records that one sweep looks at, so that a stop need not wait for a long one. */
const AT_ONCE = 500;

export interface Sweeping {
  readonly sessions: Pick<Sessions, 'sweep'>;
  readonly clock: Clock;
  readonly intervalMs: number;
  /** A sweep that fails is tried again at the next interval. */
  readonly onFault: (error: unknown) => void;
}

/** Goes on until it is disposed of, which waits for the sweep that is under way. */
export function keepSweeping({ sessions, clock, intervalMs, onFault }: Sweeping): AsyncDisposable {
  const stop = new AbortController();

  async function sweepAll(): Promise<void> {
    let swept = AT_ONCE;
    while (swept === AT_ONCE && !stop.signal.aborted) swept = await sessions.sweep(AT_ONCE);
  }

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      await clock.sleep(intervalMs, stop.signal);
      await sweepAll().catch(onFault);
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
