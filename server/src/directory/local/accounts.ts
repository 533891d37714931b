/** Owns the rows of local users: `user/<realm>/<subject>` and `login/<realm>/<e-mail>`. */

import { ABSENT, type Store, type Version, type Write } from '../../stores/store.ts';
import type { Person } from '../directory.ts';

/** A person and what only this folder may see of them. */
export interface Account {
  readonly version: Version;
  readonly person: Person;
  /** The password's hash, a PHC string. */
  readonly hashed: string;
}

export interface Accounts {
  find(realm: string, subject: string): Promise<Account | undefined>;
  /** By user name or e-mail address, normalised. */
  resolve(realm: string, login: string): Promise<Account | undefined>;
  /** False, and nothing is written, when either login stands for somebody already. */
  add(person: Person, hashed: string): Promise<boolean>;
  /** False, and nothing is written, when the account has changed since it was read. */
  replaceHash(account: Account, hashed: string): Promise<boolean>;
}

export function openAccounts(store: Store): Accounts {
  async function find(realm: string, subject: string): Promise<Account | undefined> {
    const [row] = await store.read([userKey(realm, subject)]);
    return row && { version: row.version, ...JSON.parse(row.value) };
  }

  return {
    find,

    async resolve(realm, login) {
      const [user, pointer] = await store.read([userKey(realm, login), loginKey(realm, login)]);
      if (user !== undefined) return { version: user.version, ...JSON.parse(user.value) };
      return pointer && find(realm, pointer.value);
    },

    async add(person, hashed) {
      const { realm, subject, email } = person;
      const writes: Write[] = [
        put(userKey(realm, subject), ABSENT, JSON.stringify({ person, hashed })),
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
      return (await store.commit(writes)) === 'committed';
    },

    async replaceHash({ version, person }, hashed) {
      const key = userKey(person.realm, person.subject);
      const write = put(key, version, JSON.stringify({ person, hashed }));
      return (await store.commit([write])) === 'committed';
    },
  };
}

function userKey(realm: string, subject: string): string {
  return `user/${encode(realm)}/${encode(subject)}`;
}

function loginKey(realm: string, login: string): string {
  return `login/${encode(realm)}/${encode(login)}`;
}

/** No slash is left, so no two pairs share a key. */
function encode(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}

function put(key: string, saw: Version, value: string): Write {
  return { type: 'put', key, saw, value, indexes: { subject: null, due: null } };
}
