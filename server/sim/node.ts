/** A node: the real sessions service, with a clock that is wrong, which crashes and starts again. */

import { createSessions } from '../src/sessions/create-sessions.ts';
import type { Sessions } from '../src/sessions/sessions.ts';
import type { Dice } from './dice.ts';
import type { FaultyStore, Life } from './faulty-store.ts';
import type { SimulatedKeyring } from './keyring.ts';
import type { Profile } from './profile.ts';
import type { Receivers } from './receivers.ts';
import type { Scheduler } from './scheduler.ts';

/** Parts in a million: more than any real clock, so that it shows within a simulated hour. */
const DRIFT = 2000;

export interface NodeParts {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly profile: Profile;
  readonly store: FaultyStore;
  readonly keyring: SimulatedKeyring;
  readonly receivers: Receivers;
  readonly count: (what: string) => void;
}

export class SimulatedNode {
  readonly name: string;
  readonly #parts: NodeParts;
  #offset = 0;
  #drift = 0;
  #setAt = 0;
  #life: Life;
  #sessions: Sessions;
  #down = false;

  constructor(parts: NodeParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.setClock();
    this.#life = { node: this.name, isOver: false };
    this.#sessions = this.#start();
  }

  get isDown(): boolean {
    return this.#down;
  }

  get life(): Life {
    return this.#life;
  }

  get sessions(): Sessions {
    return this.#sessions;
  }

  /** Somebody or something sets the clock: forward or backward, right or wrong. */
  setClock(): void {
    const { dice, profile, scheduler } = this.#parts;
    this.#setAt = scheduler.now;
    this.#offset = (dice.real() - 0.5) * profile.skewMs;
    this.#drift = ((dice.real() - 0.5) * 2 * DRIFT) / 1_000_000;
  }

  /** Everything in its memory is lost; commits under way may still come through. */
  crash(): void {
    this.#life.isOver = true;
    this.#down = true;
  }

  restart(): void {
    this.#down = false;
    this.setClock();
    this.#life = { node: this.name, isOver: false };
    this.#sessions = this.#start();
  }

  /** What its clock says: never more than half the skew away from true time. */
  now(): number {
    const { scheduler, profile } = this.#parts;
    const wrong = this.#offset + this.#drift * (scheduler.now - this.#setAt);
    const most = profile.skewMs / 2;
    return Math.floor(scheduler.now + Math.max(-most, Math.min(most, wrong)));
  }

  #start(): Sessions {
    const { scheduler, store, keyring, receivers, dice, profile, count } = this.#parts;
    const [realm] = profile.realms;
    if (!realm) throw new Error('a profile has a realm');
    return createSessions({
      store: store.port(this.#life),
      keyring,
      clock: { now: () => this.now(), sleep: (ms) => scheduler.wait(ms) },
      random: dice,
      realms: new Map(profile.realms.map((each) => [each.name, each])),
      fallback: realm.policy,
      publish: ({ event }) => count(`event:${event}`),
      tell: receivers.tell(this.#life),
    });
  }
}
