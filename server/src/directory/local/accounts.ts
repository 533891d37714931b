/** Owns the rows of local users: `user/<realm>/<subject>`, and what points to them. */

import { ABSENT, type Store, type Version, type Write } from '../../stores/store.ts';
import type { Person } from '../directory.ts';
import { mobileDigits } from '../login.ts';
import { numberOf } from './values.ts';

/** A person and what only this folder may see of them. */
export interface Account {
  readonly version: Version;
  readonly person: Person;
  /** The password's hash, a PHC string. */
  readonly hashed: string;
  /** Written before there were numbers and ages: the number does not lead to it yet. */
  readonly isOld: boolean;
}

/** In place of a subject: no subject is empty. */
const SHARED = '';

/** A row's value. The number follows from the rest. */
interface Row {
  readonly person: Omit<Person, 'number' | 'passwordChangedAt'> & {
    readonly passwordChangedAt?: number;
  };
  readonly hashed: string;
}

export interface Credential {
  readonly hashed: string;
  readonly passwordChangedAt: number;
}

export interface Accounts {
  find(realm: string, subject: string): Promise<Account | undefined>;
  /** By user name, e-mail address or mobile number, normalised. */
  resolve(realm: string, login: string): Promise<Account | undefined>;
  findByNumber(realm: string, number: number): Promise<Account | undefined>;
  /** False, and nothing is written, when a login or the number stands for somebody already. */
  add(person: Person, hashed: string): Promise<boolean>;
  /** False, and nothing is written, when the account has changed since it was read. */
  replace(account: Account, change: Partial<Credential>): Promise<boolean>;
}

export function openAccounts(store: Store): Accounts {
  async function find(realm: string, subject: string): Promise<Account | undefined> {
    const [row] = await store.read([userKey(realm, subject)]);
    return row && readAccount(row);
  }

  /** What leads from an old account's number to it; nothing, in the one case that it is taken. */
  async function pointersOf({ person, isOld }: Account): Promise<Write[]> {
    const { realm, subject, number } = person;
    const key = numberKey(realm, number);
    const isMissing = isOld && (await store.read([key]))[0] === undefined;
    return isMissing ? [put(key, ABSENT, subject)] : [];
  }

  /** The number leads to the first who has it, and to nobody once somebody else has it too. */
  async function mobileWrites(realm: string, subject: string, mobile: string): Promise<Write[]> {
    const key = mobileKey(realm, mobile);
    if (key === undefined) return [];
    const [taken] = await store.read([key]);
    return [taken ? put(key, taken.version, SHARED) : put(key, ABSENT, subject)];
  }

  return {
    find,

    async resolve(realm, login) {
      const keys = [userKey(realm, login), loginKey(realm, login), mobileKey(realm, login)];
      const [user, email, mobile] = await store.read(keys.filter((key) => key !== undefined));
      if (user !== undefined) return readAccount(user);
      const subject = (email ?? mobile)?.value;
      // A number that several people have is no login of any of them.
      return subject === undefined || subject === SHARED ? undefined : find(realm, subject);
    },

    async findByNumber(realm, number) {
      const [pointer] = await store.read([numberKey(realm, number)]);
      return pointer && find(realm, pointer.value);
    },

    async add(person, hashed) {
      const { realm, subject, email, mobile, number } = person;
      const writes: Write[] = [
        put(userKey(realm, subject), ABSENT, rowOf(person, hashed)),
        put(numberKey(realm, number), ABSENT, subject),
        { type: 'check', key: loginKey(realm, subject), saw: ABSENT },
      ];
      // Nobody's e-mail address may be somebody else's user name.
      if (email !== null && email !== subject) {
        writes.push(put(loginKey(realm, email), ABSENT, subject), {
          type: 'check',
          key: userKey(realm, email),
          saw: ABSENT,
        });
      }
      if (mobile !== null) writes.push(...(await mobileWrites(realm, subject, mobile)));
      return (await store.commit(writes)) === 'committed';
    },

    async replace(account, { hashed = account.hashed, passwordChangedAt }) {
      const { realm, subject } = account.person;
      const person = { ...account.person, ...(passwordChangedAt && { passwordChangedAt }) };
      const write = put(userKey(realm, subject), account.version, rowOf(person, hashed));
      return (await store.commit([write, ...(await pointersOf(account))])) === 'committed';
    },
  };
}

function readAccount({ version, value }: { readonly version: Version; readonly value: string }) {
  const { person, hashed }: Row = JSON.parse(value);
  const { realm, subject, passwordChangedAt = 0 } = person;
  return {
    version,
    person: { ...person, number: numberOf(realm, subject), passwordChangedAt },
    hashed,
    isOld: person.passwordChangedAt === undefined,
  };
}

function rowOf({ number: _, ...person }: Person, hashed: string): string {
  return JSON.stringify({ person, hashed } satisfies Row);
}

function userKey(realm: string, subject: string): string {
  return `user/${encode(realm)}/${encode(subject)}`;
}

function loginKey(realm: string, login: string): string {
  return `login/${encode(realm)}/${encode(login)}`;
}

/** Undefined for what is no telephone number. */
function mobileKey(realm: string, text: string): string | undefined {
  const digits = mobileDigits(text);
  return digits === undefined ? undefined : `mobile/${encode(realm)}/${digits}`;
}

function numberKey(realm: string, number: number): string {
  return `number/${encode(realm)}/${number}`;
}

/** No slash is left, so no two pairs share a key. */
function encode(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}

function put(key: string, saw: Version, value: string): Write {
  return { type: 'put', key, saw, value, indexes: { subject: null, due: null } };
}
