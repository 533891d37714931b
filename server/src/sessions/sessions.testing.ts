/**
 * What the tests of sessions share: the real service over the memory store, with a clock that tests
 * move, and a store that can be watched and made to fail.
 */

import { hash } from 'node:crypto';
import type { Event } from '../engine/event.ts';
import type { Policy } from '../engine/policy.ts';
import { openKeyring, type SealedKeyring } from '../keys/sealed-keyring.ts';
import { openMemoryStore } from '../stores/memory/index.ts';
import type { Store, Write } from '../stores/store.ts';
import type { Clock } from './clock.ts';
import { createSessions } from './create-sessions.ts';
import type { GrantAsk, OpenAsk, Realm, Sessions, Tell } from './sessions.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const POLICY: Policy = {
  touchThrottleMs: MINUTE,
  retryCapUnboundMs: MINUTE,
  retryCapBoundMs: HOUR,
  retryOverlapMs: 10_000,
  replayEndsSession: false,
  rememberMs: 30 * DAY,
  quota: null,
  notices: { attempts: 5, firstMs: 10_000, longestMs: HOUR },
  limits: {
    grants: 64,
    children: 64,
    tickets: 16,
    history: 16,
    properties: 16,
    propertyLength: 1024,
    named: 4,
    record: 65_536,
  },
};

export const GRANT: GrantAsk = {
  client: 'web',
  scope: ['read', 'write'],
  binding: { kind: 'none', value: '' },
  isSignIn: false,
  offline: false,
  idleMs: null,
  lifeMs: 30 * DAY,
  facts: {},
};

export const OPEN: OpenAsk = {
  realm: 'alpha',
  subject: 'mira',
  epoch: 0,
  origin: 'native',
  grant: GRANT,
};

export const ROTATION = {
  realm: 'alpha',
  client: 'web',
  binding: { kind: 'none', value: '' },
  scope: null,
} as const;

export interface MovableClock extends Clock {
  move(ms: number): void;
}

/** Counts what reaches the store, and can be told to behave badly. */
export interface WatchedStore extends Store {
  reads: number;
  commits: number;
  /** Runs before each commit reaches the store. */
  onCommit: (writes: readonly Write[]) => Promise<void>;
}

export interface SessionsWorld {
  readonly sessions: Sessions;
  /** Another node on the same store. */
  readonly other: Sessions;
  readonly store: WatchedStore;
  readonly keyring: SealedKeyring;
  readonly clock: MovableClock;
  readonly events: Event[];
}

export async function openSessionsWorld(
  realm: Partial<Realm> = {},
  inner: Store = openMemoryStore(),
  tell?: Tell,
): Promise<SessionsWorld> {
  let now = 1_750_000_000_000;
  const clock: MovableClock = {
    now: () => now,
    sleep: async () => undefined,
    move(ms) {
      now += ms;
    },
  };
  let drawn = 0;
  const random = {
    bytes: (count: number) => hash('sha512', `bytes ${drawn++}`, 'buffer').subarray(0, count),
  };
  const store = watch(inner);
  const keyring = await openKeyring({
    store,
    rootSecret: random.bytes(32),
    now: clock.now,
    random: random.bytes,
    signingAlgorithm: 'ES256',
    tokenLifeMs: 90 * DAY,
  });
  const alpha = { name: 'alpha', idleMs: 30 * MINUTE, lifeMs: 2 * HOUR, policy: POLICY, ...realm };
  const realms = new Map([
    ['alpha', alpha],
    ['beta', { ...alpha, name: 'beta' }],
  ]);
  const events: Event[] = [];
  const publish = (event: Event) => void events.push(event);
  const parts = {
    store,
    keyring,
    clock,
    random,
    realms,
    fallback: POLICY,
    publish,
    ...(tell && { tell }),
  };
  return {
    sessions: createSessions(parts),
    other: createSessions(parts),
    store,
    keyring,
    clock,
    events,
  };
}

function watch(inner: Store): WatchedStore {
  const watched: WatchedStore = {
    facts: inner.facts,
    reads: 0,
    commits: 0,
    onCommit: async () => undefined,
    read(keys) {
      watched.reads += 1;
      return inner.read(keys);
    },
    async commit(writes) {
      watched.commits += 1;
      await watched.onCommit(writes);
      return inner.commit(writes);
    },
    list: (index, range) => inner.list(index, range),
    close: () => inner.close(),
  };
  return watched;
}

/** The reply, where none but a reply will do. */
export function granted<Outcome extends object>(
  outcome: Outcome,
): Exclude<Outcome, { refused: unknown }> {
  if ('refused' in outcome) throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome as Exclude<Outcome, { refused: unknown }>;
}
