/** Turns the options of realms into what sessions and the directory are made of. */

import type { Lockout } from '../directory/attempts.ts';
import type { NewPerson } from '../directory/directory.ts';
import type { PasswordAge } from '../directory/local/ageing.ts';
import type { Policy } from '../engine/policy.ts';
import type { Realm } from '../sessions/sessions.ts';
import type { Config } from './load.ts';
import { type RealmOptions, realm } from './realm.ts';

export function realmsOf({ realms }: Config): ReadonlyMap<string, Realm> {
  return new Map(
    Object.entries(realms).map(([name, options]) => [
      name,
      {
        name,
        idleMs: options.session.idle,
        lifeMs: options.session.max,
        policy: policyOf(options),
      },
    ]),
  );
}

/** The policy of a realm that says nothing: for records of realms that are no longer there. */
export function defaultPolicy(): Policy {
  return policyOf(realm.parse({}));
}

/** The people that the file names, each in their realm. */
export function peopleOf({ realms }: Config): readonly NewPerson[] {
  return Object.entries(realms).flatMap(([name, { users }]) =>
    users.map(({ names, ...user }) => ({
      ...user,
      realm: name,
      ...(names && { names: { en: names.en, ar: names.ar ?? null } }),
    })),
  );
}

/** By the name of a realm; one that is not there has the defaults. */
export function lockoutOf(config: Config): (realm: string) => Lockout {
  return byRealm(config, ({ lockout }) => ({
    failures: lockout.failures,
    failuresAnywhere: lockout.failures_anywhere,
    withinMs: lockout.within,
    forMs: lockout.for,
  }));
}

/** By the name of a realm; one that is not there has the defaults. */
export function passwordAgeOf(config: Config): (realm: string) => PasswordAge {
  return byRealm(config, ({ password }) => ({
    maxMs: password.max_age ?? null,
    warnMs: password.warn_before,
  }));
}

function byRealm<Rules>({ realms }: Config, rulesOf: (options: RealmOptions) => Rules) {
  const known = new Map(Object.entries(realms).map(([name, it]) => [name, rulesOf(it)]));
  const others = rulesOf(realm.parse({}));
  return (name: string) => known.get(name) ?? others;
}

function policyOf({ session, retry, remember_ended, limits }: RealmOptions): Policy {
  const { quota } = session;
  const { property_length: propertyLength, ...others } = limits;
  return {
    touchThrottleMs: session.touch_throttle,
    retryCapUnboundMs: retry.unbound_cap,
    retryCapBoundMs: retry.bound_cap,
    retryOverlapMs: retry.overlap,
    replayEndsSession: retry.replay_ends === 'session',
    rememberMs: remember_ended,
    quota: quota ? { sessions: quota.sessions, whenReached: quota.when_reached } : null,
    notices: NOTICES,
    limits: { ...others, propertyLength },
  };
}

/** Ten seconds, twenty, ... and then every hour: about a day and a half. */
const NOTICES = { attempts: 40, firstMs: 10_000, longestMs: 3_600_000 } as const;
