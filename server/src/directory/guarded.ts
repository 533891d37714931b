/** Owns the guard before a directory: whoever has failed too often is not let near a password. */

import type { Attempts } from './attempts.ts';
import type { Directory, Person } from './directory.ts';

/** The same directory; there is no way round the guard for whoever holds only this one. */
export function guard(directory: Directory, attempts: Attempts): Directory {
  return {
    resolve: (realm, login) => directory.resolve(realm, login),
    find: (realm, subject) => directory.find(realm, subject),
    findByNumber: (realm, number) => directory.findByNumber(realm, number),
    add: (person, confirm) => directory.add(person, confirm),
    setPassword: (realm, subject, password, confirm) =>
      directory.setPassword(realm, subject, password, confirm),

    async authenticate(realm, login, password, address) {
      const who = { realm, name: login, address };
      const until = attempts.lockedUntil(who);
      if (until !== null) return { verdict: 'locked', until };
      const found = await directory.authenticate(realm, login, password, address);
      // Of guesses side by side, those that come back after the lock must tell nothing either.
      const lockedMeanwhile = attempts.lockedUntil(who);
      if (lockedMeanwhile !== null) return { verdict: 'locked', until: lockedMeanwhile };
      if (found.verdict === 'wrong') attempts.failed(who);
      if ('person' in found) {
        for (const name of namesOf(login, found.person)) attempts.succeeded({ ...who, name });
      }
      return found;
    },
  };
}

/** Whoever signs in with one of their names is at home with the other. */
function namesOf(login: string, { username, email, mobile }: Person): readonly string[] {
  return [login, username, email, mobile].filter((name) => name !== null);
}
