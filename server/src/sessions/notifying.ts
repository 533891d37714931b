/**
 * Notifying: has clients told that a sign-in has ended, at once and until they have been told.
 *
 * The attempt is in the record before it is made. If this process dies, or too many attempts are
 * under way, the sweep of whichever process comes by makes the next one.
 */

import type { Replies } from '../engine/command.ts';
import { isRefusal } from '../engine/refusal.ts';
import type { Notice, SessionId } from '../engine/session.ts';
import type { Execute } from './execute.ts';
import type { SessionsParts, Tell } from './sessions.ts';

/** Attempts under way at once; what is beyond waits for its next time. */
const AT_ONCE = 64;

type Due = NonNullable<Replies['sweep']['tell']>;

/** Begins to tell; does not wait until it is done. */
export type TellAll = (due: Due) => void;

export interface Notifying {
  readonly tellAll: TellAll;
  /** Looks at a record that has somebody to tell. */
  wake(id: SessionId): void;
  /** Resolves when no attempt is under way. */
  settled(): Promise<void>;
}

export function createNotifying(
  { tell }: { readonly tell?: SessionsParts['tell'] },
  execute: Execute,
): Notifying {
  const underWay = new Set<Promise<void>>();

  /** Whatever goes wrong is made good at the next attempt. */
  function begin(work: () => Promise<void>): void {
    const done: Promise<void> = work()
      .catch(() => undefined)
      .then(() => void underWay.delete(done));
    underWay.add(done);
  }

  async function tellOne({ session }: Due, notice: Notice, by: Tell): Promise<void> {
    const fault = await by(session, notice).catch(String);
    const { client } = notice;
    await execute({ type: 'settle_notice', id: session.id, by: notice.by, client, fault });
  }

  const tellAll: TellAll = (due) => {
    if (!tell) return;
    for (const notice of due.notices) {
      if (underWay.size < AT_ONCE) begin(() => tellOne(due, notice, tell));
    }
  };

  return {
    tellAll,

    wake(id) {
      if (!tell) return;
      begin(async () => {
        const outcome = await execute({ type: 'sweep', id });
        if (!isRefusal(outcome) && outcome.tell) tellAll(outcome.tell);
      });
    },

    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
