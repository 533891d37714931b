/**
 * Notifying: has clients told that a sign-in has ended, at once and until they have been told.
 *
 * Who waits for a turn is in the store as due, and an attempt is in the record before it is made. If
 * this process dies, the sweep of whichever process comes by goes on.
 */

import { isRefusal } from '../engine/refusal.ts';
import type { Notice, SessionId } from '../engine/session.ts';
import type { Execute } from './execute.ts';
import type { Sessions, SessionsParts, Tell } from './sessions.ts';
import { createTurns } from './turns.ts';

/**
 * Calls under way. A client that comes back after an outage meets eight at a time, and one that
 * answers nobody takes no more than those from the others.
 */
const TURNS = { atOnce: 256, atOnceEach: 8, mostWaiting: 10_000 } as const;

/** What an attempt that found no room is told to have met. */
const NO_ROOM = 'too many wait for this client';

export interface Notifying extends Pick<Sessions, 'settled' | 'close'> {
  /** Has them told when their turn comes; who finds no room stays due. */
  wake(id: SessionId, due: readonly Notice[]): void;
  /** The same; who finds no room has lost an attempt, so that the sweep does not meet it for ever. */
  meet(id: SessionId, due: readonly Notice[]): Promise<void>;
}

export function createNotifying(
  { tell }: { readonly tell?: SessionsParts['tell'] },
  execute: Execute,
): Notifying {
  const turns = createTurns(TURNS);

  async function tellOne(id: SessionId, { by, client }: Notice, call: Tell): Promise<void> {
    const attempt = { type: 'attempt_notice', id, by, client, fault: null } as const;
    const outcome = await execute(attempt);
    if (isRefusal(outcome) || !outcome.tell) return;
    const { session, notice } = outcome.tell;
    const fault = await call(session, notice).catch(String);
    await execute({ type: 'settle_notice', id, by, client, fault });
  }

  /** Those for whom there is no room. */
  function begin(id: SessionId, due: readonly Notice[], call: Tell): readonly Notice[] {
    return due.filter((notice) => {
      const receiver = JSON.stringify([notice.by, notice.client]);
      // Whatever goes wrong is made good at the next attempt.
      const work = () => tellOne(id, notice, call).catch(() => undefined);
      return !turns.add(receiver, id, work);
    });
  }

  return {
    wake(id, due) {
      if (tell) begin(id, due, tell);
    },

    async meet(id, due) {
      if (!tell) return;
      for (const { by, client } of begin(id, due, tell)) {
        await execute({ type: 'attempt_notice', id, by, client, fault: NO_ROOM });
      }
    },

    settled: () => turns.settled(),
    close: () => turns.close(),
  };
}
