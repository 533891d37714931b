/**
 * Once: values that are good a single time and hang on no session, such as the `jti` of a client's
 * assertion (RFC 7523, section 3) or the step of a sign-in that is under way.
 *
 * Each is a row that must not be there yet: whichever process writes it first has used the value.
 */

import type { Ms } from '../engine/session.ts';
import { ABSENT, type Store } from '../stores/store.ts';
import { briefKey, dueAt } from './records.ts';

export interface Once {
  /**
   * Uses a value: true for whoever comes first, false for everybody after, until it is forgotten.
   * @param purpose Values of one purpose are told apart from those of another.
   * @param until When the value is no longer good by itself, and need not be remembered.
   * @throws StoreFault: it may or may not be used.
   */
  use(purpose: string, value: string, until: Ms): Promise<boolean>;
  /** Whether it was used, and is not forgotten yet. */
  used(purpose: string, value: string): Promise<boolean>;
}

export function createOnce(store: Store): Once {
  return {
    async use(purpose, value, until) {
      const key = briefKey(purpose, value);
      const indexes = { subject: null, due: dueAt(until) };
      const write = { type: 'put', key, saw: ABSENT, value: '', indexes } as const;
      return (await store.commit([write])) === 'committed';
    },

    async used(purpose, value) {
      const [row] = await store.read([briefKey(purpose, value)]);
      return row !== undefined;
    },
  };
}
