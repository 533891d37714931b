/**
 * Calls to other servers, such as a client's back-channel logout endpoint.
 */

import type { Outbound } from '../dialects/dialect.ts';
import type { Clock } from '../sessions/clock.ts';

/** How long another server may take to answer, connection included. */
const TIME_MS = 5000;

export function createOutbound({ clock }: { readonly clock: Clock }): Outbound {
  return {
    async postForm(url, form) {
      const call = new AbortController();
      const answered = new AbortController();
      void clock.sleep(TIME_MS, answered.signal).then(() => call.abort(new Error('no answer')));
      try {
        const answer = await fetch(url, {
          method: 'POST',
          body: new URLSearchParams(form),
          redirect: 'manual',
          signal: call.signal,
        });
        // What it says beside the status is no matter, however long it goes on.
        await answer.body?.cancel();
        return answer.status;
      } catch (error) {
        throw new Error(reasonOf(error));
      } finally {
        answered.abort();
      }
    },
  };
}

/** `fetch failed` says little; its cause says more. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}
