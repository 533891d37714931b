/**
 * Attempts: who has guessed wrong too often, and has to wait (OWASP ASVS 5.0, 6.3.1; NIST
 * SP 800-63B-4, section 3.2.2).
 *
 * A name is locked whether or not it is anybody's: that it is tells nobody who is known here.
 */

import { hash } from 'node:crypto';
import { mobileDigits, normaliseLogin } from './login.ts';
import { networkOf } from './network.ts';
import { createRecent, type Recent } from './recent.ts';

/** Whose guess, and from where. */
export interface Guesser {
  readonly realm: string;
  /** A login, compared as logins are. With a colon it is no login: `code:+962790000000`. */
  readonly name: string;
  /** The client's address. */
  readonly address: string;
}

/** To be asked before a guess is looked at, and told what came of it. */
export interface Attempts {
  /** Milliseconds since 1970, or null for whoever may try. Asking prolongs nothing. */
  lockedUntil(who: Guesser): number | null;
  /** Counts a wrong guess. Not to be called for one that was refused because of a lock. */
  failed(who: Guesser): void;
  /** Forgets the failures from this address, and remembers that the name is at home there. */
  succeeded(who: Guesser): void;
}

/** What locks a name, and for how long; 0 failures never do. */
export interface Lockout {
  /** Of one name from one address. They lock that name for that address. */
  readonly failures: number;
  /** Of one name from anywhere. They lock it wherever it has not been right of late. */
  readonly failuresAnywhere: number;
  readonly withinMs: number;
  readonly forMs: number;
}

/** A name was locked. It is not said: what was typed as a name may be a password. */
export interface Lock {
  readonly realm: string;
  /** Of the last failure. */
  readonly address: string;
  readonly where: 'at this address' | 'everywhere';
  readonly until: number;
}

export interface AttemptsOptions {
  readonly now: () => number;
  /** By the name of a realm, which need not exist. */
  readonly lockout: (realm: string) => Lockout;
  readonly onLock?: (lock: Lock) => void;
  /** How many names and addresses of each kind are remembered. */
  readonly most?: number;
}

/**
 * About 60 MiB at worst. Each failure costs a hash, so that whoever wants another name forgotten
 * keeps two cores busy for eight minutes.
 */
const MOST = 65_536;

/** For so long is a name at home where it was right. */
const AT_HOME_MS = 30 * 24 * 60 * 60 * 1000;

interface Tally {
  /** When the latest failures were, oldest first; none once they have locked. */
  readonly times: readonly number[];
  readonly lockedUntil: number;
}

/** In memory: a restart forgets everything, and each process counts for itself. */
export function createAttempts(options: AttemptsOptions): Attempts {
  const { now, lockout, onLock, most = MOST } = options;
  const here = createRecent<Tally>(most);
  const anywhere = createRecent<Tally>(most);
  const homes = createRecent<true>(most);

  /** Until when that has locked; undefined when it has not. */
  function count(
    tallies: Recent<Tally>,
    key: string,
    limit: number,
    rules: Lockout,
  ): number | undefined {
    if (limit === 0) return undefined;
    const at = now();
    const { times = [], lockedUntil = 0 } = tallies.get(key, at) ?? {};
    // Only the anywhere lock can be on: its name is still free where it is at home.
    if (lockedUntil > at) return undefined;
    const recent = [...times.filter((time) => time > at - rules.withinMs), at];
    const isLocked = recent.length >= limit;
    const tally = isLocked
      ? { times: [], lockedUntil: at + rules.forMs }
      : { times: recent, lockedUntil: 0 };
    const endsAt = isLocked ? tally.lockedUntil : at + rules.withinMs;
    tallies.set(key, tally, endsAt, at);
    return isLocked ? endsAt : undefined;
  }

  return {
    lockedUntil(who) {
      const at = now();
      const { place, name } = keysOf(who);
      const isHome = homes.get(place, at) !== undefined;
      const until = Math.max(
        here.get(place, at)?.lockedUntil ?? 0,
        isHome ? 0 : (anywhere.get(name, at)?.lockedUntil ?? 0),
      );
      return until > at ? until : null;
    },

    failed(who) {
      const { realm, address } = who;
      const rules = lockout(realm);
      const { place, name } = keysOf(who);
      const locks = {
        'at this address': count(here, place, rules.failures, rules),
        everywhere: count(anywhere, name, rules.failuresAnywhere, rules),
      } as const;
      for (const where of ['at this address', 'everywhere'] as const) {
        const until = locks[where];
        if (until !== undefined) onLock?.({ realm, address, where, until });
      }
    },

    succeeded(who) {
      const at = now();
      const { place } = keysOf(who);
      here.delete(place);
      homes.set(place, true, at + AT_HOME_MS, at);
    },
  };
}

/** Hashes, so that an entry has one size, and nothing that was typed is kept. */
function keysOf({ realm, name, address }: Guesser) {
  // A name that is too long to be anybody's is itself.
  const spelled = normaliseLogin(name) ?? name;
  // A number can be set out in more ways than anybody could lock.
  const normal = mobileDigits(spelled) ?? spelled;
  return {
    name: keyOf(realm, normal),
    place: keyOf(realm, normal, networkOf(address)),
  };
}

function keyOf(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}
