/** The street: what the people of a simulated world share, and what thieves can find there. */

import type { Binding, Session } from '../../src/engine/session.ts';
import type { Realm } from '../../src/sessions/sessions.ts';
import type { Token } from '../../src/sessions/token.ts';
import type { Dice } from '../dice.ts';
import type { Network } from '../network.ts';
import type { Profile } from '../profile.ts';
import type { Scheduler } from '../scheduler.ts';

export interface Person {
  readonly realm: Realm;
  readonly subject: string;
}

/** Where an app keeps its token, for all of its tabs, and for a thief. */
export interface Storage {
  readonly realm: string;
  readonly client: string;
  readonly binding: Binding;
  /** Null when signed out. */
  token: Token | null;
  isStolen: boolean;
}

/** The last few of something. */
export class Recent<T> {
  readonly #most: number;
  readonly #kept: T[] = [];
  #added = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(one: T): void {
    this.#kept[this.#added++ % this.#most] = one;
  }

  pick(dice: Dice): T | undefined {
    return this.#kept.length === 0 ? undefined : dice.pick(this.#kept);
  }
}

export interface Street {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly profile: Profile;
  readonly network: Network;
  readonly people: readonly Person[];
  /** Sessions as their clients were told of them. */
  readonly sessions: Recent<Session>;
  readonly tokens: Recent<Token>;
  readonly apps: Recent<Storage>;
  readonly count: (what: string) => void;
}
