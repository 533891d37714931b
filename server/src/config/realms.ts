/** Turns the options of realms into what sessions and the directory are made of. */

import type { NewPerson } from '../directory/directory.ts';
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
    limits: { ...others, propertyLength },
  };
}
