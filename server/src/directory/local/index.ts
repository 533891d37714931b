/** Owns the local directory: people in the server's own store, their passwords as argon2id. */

import type { Store } from '../../stores/store.ts';
import {
  type Confirm,
  type Directory,
  DirectoryBusy,
  DirectoryRefusal,
  type NewPerson,
  type Person,
} from '../directory.ts';
import { type Account, type Accounts, openAccounts } from './accounts.ts';
import { createGate } from './gate.ts';
import type { PasswordHashing } from './hashing.ts';
import { fitPassword, fitPerson, normaliseLogin, passwordBytes } from './values.ts';

export interface LocalDirectoryOptions {
  readonly store: Store;
  readonly hashing: PasswordHashing;
  /**
   * They run in libuv's pool, of four threads by default (`UV_THREADPOOL_SIZE`), and an embedded
   * store needs one of those for its own work.
   */
  readonly hashesAtOnce: number;
}

export interface LocalDirectory extends Directory {
  /**
   * Adds the people that are not there yet, and leaves those that are as they are: a password that
   * was changed stays changed. @throws DirectoryRefusal when a value is unfit, or an e-mail address
   * belongs to somebody else.
   */
  seed(people: readonly NewPerson[]): Promise<void>;
}

const NO_PASSWORD = Buffer.alloc(0);

/** Checks and changes that may wait for their turn. */
const WAITING_MAX = 256;

export function openLocalDirectory(options: LocalDirectoryOptions): LocalDirectory {
  const { hashing, hashesAtOnce } = options;
  const accounts = openAccounts(options.store);
  const gate = createGate(hashesAtOnce, WAITING_MAX);

  /** In turn, so that a burst of passwords costs neither memory nor the rest of the server. */
  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = gate.run(work);
    if (result === undefined) throw new DirectoryBusy('Too many passwords are being checked.');
    return result;
  }

  async function resolve(realm: string, login: string) {
    const normal = normaliseLogin(login);
    return normal === undefined ? undefined : accounts.resolve(realm, normal);
  }

  /** @throws DirectoryRefusal when the change is not confirmed. */
  async function hashedFor(password: string, confirm: Confirm | undefined): Promise<string> {
    const fit = fitPassword(password);
    const hashed = await inTurn(() => hashing.hash(fit));
    if (confirm && !(await confirm())) {
      throw new DirectoryRefusal('Whoever asked for that may not do it any more.');
    }
    return hashed;
  }

  async function add(newPerson: NewPerson, confirm?: Confirm): Promise<Person> {
    const person = fitPerson(newPerson);
    const hashed = await hashedFor(newPerson.password, confirm);
    if (await accounts.add(person, hashed)) return person;
    throw new DirectoryRefusal(
      `The user name or e-mail address of ${person.username} is taken in realm ${person.realm}.`,
    );
  }

  async function addIfAbsent(newPerson: NewPerson): Promise<void> {
    const { realm, subject } = fitPerson(newPerson);
    if ((await accounts.find(realm, subject)) !== undefined) return;
    try {
      await add(newPerson);
    } catch (error) {
      // Somebody else may have added them meanwhile.
      if ((await accounts.find(realm, subject)) === undefined) throw error;
    }
  }

  return {
    add,
    resolve: async (realm, login) => (await resolve(realm, login))?.person,
    find: async (realm, subject) => (await accounts.find(realm, subject))?.person,

    async authenticate(realm, login, password) {
      const account = await resolve(realm, login);
      return inTurn(() => verified(account, password, { accounts, hashing }));
    },

    async setPassword(realm, subject, password, confirm) {
      const hashed = await hashedFor(password, confirm);
      for (;;) {
        const account = await accounts.find(realm, subject);
        if (account === undefined) {
          throw new DirectoryRefusal(`There is no ${subject} in realm ${realm}.`);
        }
        if (await accounts.replaceHash(account, hashed)) return;
      }
    },

    async seed(people) {
      const queue = people.values();
      const worker = async () => {
        for (const person of queue) await addIfAbsent(person);
      };
      await Promise.all(Array.from({ length: hashesAtOnce }, worker));
    },
  };
}

/** One verification in every case, and one answer in every case but one. */
async function verified(
  account: Account | undefined,
  password: string,
  { accounts, hashing }: { readonly accounts: Accounts; readonly hashing: PasswordHashing },
): Promise<Person | undefined> {
  const typed = passwordBytes(password);
  const hashed = account?.hashed ?? hashing.dummy;
  const right = await hashing.verify(hashed, typed ?? NO_PASSWORD);
  if (!right || !account?.person.active || typed === undefined) return undefined;
  if (hashing.isOutdated(hashed)) {
    // In a conflict the other change wins: it may be a new password.
    await accounts.replaceHash(account, await hashing.hash(typed));
  }
  return account.person;
}
