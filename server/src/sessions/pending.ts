/**
 * Pending: small records that wait for somebody for a while and hang on no session yet, such as a
 * device that waits for its person (RFC 8628).
 *
 * They are found by a name that only those may know who hold it; the store has its hash. Whoever
 * changes one names the state that they saw, and only one of those who saw it succeeds.
 */

import type { Ms } from '../engine/session.ts';
import { ABSENT, type Row, type Store, type Version } from '../stores/store.ts';
import type { Clock } from './clock.ts';
import { briefKey, dueAt } from './records.ts';

export interface Found {
  readonly value: string;
  readonly until: Ms;
  readonly version: Version;
}

export interface Pending {
  /**
   * Keeps a value under a name. False, and nothing is kept, when the name is taken.
   * @param value No secret: it stands in the store as it is.
   * @throws StoreFault: it may or may not be kept.
   */
  keep(purpose: string, name: string, value: string, until: Ms): Promise<boolean>;
  /** Undefined when there is none, or its time has passed. */
  find(purpose: string, name: string): Promise<Found | undefined>;
  /** False, and nothing changes, when somebody else has changed it since it was found. */
  replace(purpose: string, name: string, found: Found, value: string): Promise<boolean>;
  /** False, and nothing changes, as with `replace`: whoever takes it away is alone. */
  take(purpose: string, name: string, found: Found): Promise<boolean>;
}

export function createPending({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: Clock;
}): Pending {
  async function put(key: string, saw: Version, value: string, until: Ms): Promise<boolean> {
    const indexes = { subject: null, due: dueAt(until) };
    const kept = JSON.stringify({ value, until });
    return (await store.commit([{ type: 'put', key, saw, value: kept, indexes }])) === 'committed';
  }

  return {
    async keep(purpose, name, value, until) {
      const key = briefKey(purpose, name);
      const [row] = await store.read([key]);
      // One whose time has passed is as good as swept.
      if (row && isOver(row, clock.now())) return put(key, row.version, value, until);
      return put(key, ABSENT, value, until);
    },

    async find(purpose, name) {
      const [row] = await store.read([briefKey(purpose, name)]);
      if (!row || isOver(row, clock.now())) return undefined;
      return { ...read(row), version: row.version };
    },

    replace: (purpose, name, { version, until }, value) =>
      put(briefKey(purpose, name), version, value, until),

    async take(purpose, name, { version }) {
      const key = briefKey(purpose, name);
      return (await store.commit([{ type: 'delete', key, saw: version }])) === 'committed';
    },
  };
}

function read({ value }: Row): Pick<Found, 'value' | 'until'> {
  return JSON.parse(value) as Pick<Found, 'value' | 'until'>;
}

function isOver(row: Row, now: Ms): boolean {
  return read(row).until <= now;
}
