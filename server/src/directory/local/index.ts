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
import { normaliseLogin } from '../login.ts';
import { networkOf } from '../network.ts';
import { type Account, type Accounts, openAccounts } from './accounts.ts';
import { type PasswordAge, verdictOn } from './ageing.ts';
import { createGate, TURNED_AWAY } from './gate.ts';
import type { PasswordHashing } from './hashing.ts';
import { fitPassword, fitPerson, passwordBytes } from './values.ts';

export interface LocalDirectoryOptions {
  readonly store: Store;
  readonly hashing: PasswordHashing;
  /**
   * They run in libuv's pool, of four threads by default (`UV_THREADPOOL_SIZE`), and an embedded
   * store needs one of those for its own work.
   */
  readonly hashesAtOnce: number;
  readonly now: () => number;
  /** By the name of a realm, which need not exist. */
  readonly passwordAge: (realm: string) => PasswordAge;
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

/** Changes share one place in the rotation: no client's address, and no client is kept out by them. */
const CHANGES = 'changes';

export function openLocalDirectory(options: LocalDirectoryOptions): LocalDirectory {
  const { hashing, hashesAtOnce, now, passwordAge } = options;
  const accounts = openAccounts(options.store);
  const gate = createGate(hashesAtOnce, WAITING_MAX);

  /** In turn, so that a burst of passwords costs neither memory nor the rest of the server. */
  async function inTurn<Result>(whose: string, work: () => Promise<Result>): Promise<Result> {
    const outcome = await gate.run(whose, work);
    if (outcome === TURNED_AWAY) throw new DirectoryBusy('Too many passwords are being checked.');
    return outcome;
  }

  async function resolve(realm: string, login: string) {
    const normal = normaliseLogin(login);
    return normal === undefined ? undefined : accounts.resolve(realm, normal);
  }

  /** @throws DirectoryRefusal when the change is not confirmed. */
  async function hashedFor(password: string, confirm: Confirm | undefined): Promise<string> {
    const fit = fitPassword(password);
    const hashed = await inTurn(CHANGES, () => hashing.hash(fit));
    if (confirm && !(await confirm())) {
      throw new DirectoryRefusal('Whoever asked for that may not do it any more.');
    }
    return hashed;
  }

  async function add(newPerson: NewPerson, confirm?: Confirm): Promise<Person> {
    const person = fitPerson(newPerson, now());
    const hashed = await hashedFor(newPerson.password, confirm);
    if (await accounts.add(person, hashed)) return person;
    throw new DirectoryRefusal(
      `The user name or e-mail address of ${person.username} is taken in realm ${person.realm}.`,
    );
  }

  async function addIfAbsent(newPerson: NewPerson): Promise<void> {
    const { realm, subject } = fitPerson(newPerson, now());
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

    async findByNumber(realm, number) {
      return (await accounts.findByNumber(realm, number))?.person;
    },

    async authenticate(realm, login, password, address) {
      const account = await resolve(realm, login);
      const verify = () => verified(account, password, { accounts, hashing });
      const person = await inTurn(networkOf(address), verify);
      return person ? verdictOn(person, passwordAge(realm), now()) : { verdict: 'wrong' };
    },

    async setPassword(realm, subject, password, confirm) {
      const hashed = await hashedFor(password, confirm);
      for (;;) {
        const account = await accounts.find(realm, subject);
        if (account === undefined) {
          throw new DirectoryRefusal(`There is no ${subject} in realm ${realm}.`);
        }
        if (await accounts.replace(account, { hashed, passwordChangedAt: now() })) return;
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
  // In a conflict the other change wins: it may be a new password.
  if (hashing.isOutdated(hashed)) {
    await accounts.replace(account, { hashed: await hashing.hash(typed) });
  } else if (account.isOld) {
    await accounts.replace(account, {});
  }
  return account.person;
}
