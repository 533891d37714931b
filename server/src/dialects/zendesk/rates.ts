/**
 * Rates: how many requests a caller has left in the minute (fact sheet C.7). In memory, each process
 * for itself, and bounded: of more callers than it keeps, the one that was quiet longest starts anew.
 */

import type { Services, WireAnswer } from '../dialect.ts';

const WINDOW_MS = 60_000;
const CALLERS_MAX = 10_000;

export interface Allowance {
  /** Whether the caller has had more than the limit. */
  readonly isSpent: boolean;
  /** Whole seconds until the caller's minute is over, 1 at least. */
  readonly resetsIn: number;
  readonly headers: WireAnswer['headers'];
}

export interface Rates {
  /** Counts one request of a caller. */
  take(caller: string): Allowance;
}

interface Window {
  readonly endsAt: number;
  readonly taken: number;
}

/**
 * @param limit Requests a minute; 0 for no limit, and no headers.
 * @param callersMax How many callers are kept.
 */
export function createRates(
  clock: Services['clock'],
  limit: number,
  callersMax = CALLERS_MAX,
): Rates {
  /** The caller that was quiet longest comes first. */
  const windows = new Map<string, Window>();

  return {
    take(caller) {
      if (limit === 0) return { isSpent: false, resetsIn: 1, headers: {} };
      const now = clock.now();
      const known = windows.get(caller);
      // A clock that was set back must not keep anybody out for longer than a minute.
      const isOpen = known && now < known.endsAt && known.endsAt - now <= WINDOW_MS;
      const { endsAt, taken } = isOpen ? known : { endsAt: now + WINDOW_MS, taken: 0 };
      windows.delete(caller);
      windows.set(caller, { endsAt, taken: taken + 1 });
      const [quietest] = windows.keys();
      if (windows.size > callersMax && quietest !== undefined) windows.delete(quietest);
      const resetsIn = Math.max(1, Math.ceil((endsAt - now) / 1000));
      const remaining = Math.max(0, limit - taken - 1);
      return {
        isSpent: taken >= limit,
        resetsIn,
        headers: rateHeaders(limit, remaining, resetsIn),
      };
    },
  };
}

/** Both families that are seen on the wire: clients read one or the other. */
function rateHeaders(limit: number, remaining: number, resetsIn: number): WireAnswer['headers'] {
  return {
    'x-rate-limit': String(limit),
    'x-rate-limit-remaining': String(remaining),
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetsIn),
  };
}
