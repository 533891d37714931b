/** Owns what the tests of the local directory share: one with a clock that moves, and its rows. */

import assert from 'node:assert/strict';
import { openMemoryStore } from '../../stores/memory/index.ts';
import type { Store, Write } from '../../stores/store.ts';
import type { NewPerson } from '../directory.ts';
import { type Argon2Parameters, argon2id, type PasswordHashing } from './hashing.ts';
import { type LocalDirectory, type LocalDirectoryOptions, openLocalDirectory } from './index.ts';

export const QUICK: Argon2Parameters = { memory: 65_536, passes: 1, lanes: 1 };

/** 2026-03-01T12:00:00Z. */
export const START = Date.UTC(2026, 2, 1, 12);
export const DAY = 24 * 60 * 60 * 1000;
export const ADDRESS = '192.0.2.1';

export const ADA = {
  realm: 'alpha',
  username: 'ada',
  password: 'let-there-be-light-1',
  email: 'ada@example.com',
  names: { en: 'Ada Lamp', ar: 'آدا لامب' },
  mobile: '+962790000000',
} satisfies NewPerson;

/** Argon2id with small parameters, that says what it was asked to verify. */
function createHashing(parameters = QUICK) {
  const real = argon2id(parameters);
  const verified: string[] = [];
  let hashes = 0;
  const hashing: PasswordHashing = {
    ...real,
    hash(password) {
      hashes++;
      return real.hash(password);
    },
    verify(hashed, password) {
      verified.push(hashed);
      return real.verify(hashed, password);
    },
  };
  return { hashing, verified, hashes: () => hashes };
}

/** A memory store that remembers every write. */
function createStore() {
  const inner = openMemoryStore();
  const written: Write[] = [];
  const store: Store = {
    facts: inner.facts,
    read: (keys) => inner.read(keys),
    list: (index, range) => inner.list(index, range),
    close: () => inner.close(),
    commit(writes) {
      written.push(...writes);
      return inner.commit(writes);
    },
  };
  return { store, written };
}

export function setUp(options: Partial<LocalDirectoryOptions> = {}) {
  const { store, written } = createStore();
  const { hashing, verified, hashes } = createHashing();
  const clock = { time: START };
  const defaults = {
    store,
    hashing,
    hashesAtOnce: 3,
    now: () => clock.time,
    passwordAge: () => ({ maxMs: null, warnMs: 7 * DAY }),
  };
  const open = (more: Partial<LocalDirectoryOptions> = {}) =>
    openLocalDirectory({ ...defaults, ...options, ...more });
  return { directory: open(), open, store, written, verified, hashes, clock };
}

/** The person whose password it is. */
export async function check(
  directory: LocalDirectory,
  login: string,
  password: string,
  realm = 'alpha',
) {
  const found = await directory.authenticate(realm, login, password, ADDRESS);
  if (found.verdict === 'right') return found.person;
  assert.deepEqual(found, { verdict: 'wrong' });
  return undefined;
}

/** An undefined value takes a member away. */
export async function rewrite(store: Store, subject: string, change: Record<string, unknown>) {
  const key = `user/alpha/${subject}`;
  const [row] = await store.read([key]);
  assert.ok(row);
  const account = JSON.parse(row.value);
  const value = JSON.stringify({ ...account, person: { ...account.person, ...change } });
  await store.commit([{ type: 'put', key, saw: row.version, value, indexes: row.indexes }]);
}
