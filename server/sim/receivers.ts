/** Receivers: clients that are told that a sign-in has ended. They take it, fail, or hear nothing. */

import type { Tell } from '../src/sessions/sessions.ts';
import type { Dice } from './dice.ts';
import type { Life } from './faulty-store.ts';
import type { Oracle } from './oracle/oracle.ts';
import type { Profile } from './profile.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

export interface ReceiversParts {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly profile: Profile;
  readonly trace: Trace;
  readonly oracle: Oracle;
  readonly count: (what: string) => void;
}

export class Receivers {
  readonly #parts: ReceiversParts;
  /** Everybody takes what they are told: for the end of a world. */
  isCalm = false;

  constructor(parts: ReceiversParts) {
    this.#parts = parts;
  }

  /** How one life of a node tells them: after its crash, it learns nothing more. */
  tell(life: Life): Tell {
    const { scheduler, dice, profile, trace, oracle, count } = this.#parts;
    return async (session, notice) => {
      const { client, attempts } = notice;
      const name = `${session.id} to ${client}, attempt ${attempts}`;
      trace.say(`${scheduler.now} ${life.node} tells of ${name}`);
      oracle.telling(session, notice);
      const isFaulty = !this.isCalm && dice.chance(profile.tellFault);
      await scheduler.wait(dice.about(profile.tellMs));
      const isLost = isFaulty && dice.chance(0.5);
      if (!isFaulty || isLost) oracle.took(session, notice);
      if (life.isOver) await new Promise(() => undefined);
      count(isFaulty ? 'notice:failed' : 'notice:taken');
      if (isLost) throw new Error('a simulated answer that was lost');
      return isFaulty ? 'status 500' : null;
    };
  }
}
