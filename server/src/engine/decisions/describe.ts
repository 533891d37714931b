/**
 * Describe: what is said of a session while it lives, by its owner's second sign-in or by the
 * application that works with it.
 */

import type { Reauthenticate, Replies, SetFacts } from '../command.ts';
import {
  type Decision,
  refuse,
  reply,
  replyAndGrow,
  replyAndKeep,
  type Seen,
} from '../decision.ts';
import { eventOf } from '../event.ts';
import type { Policy } from '../policy.ts';
import { accessedAt, fits, withChild } from '../record.ts';
import type { Facts, Ms } from '../session.ts';
import { liveSession } from './live.ts';
import { look } from './touch.ts';

/** Times move forward only: the absolute end stays where the first sign-in put it. */
export function reauthenticate(
  command: Reauthenticate,
  seen: Seen,
  now: Ms,
): Decision<Replies['reauthenticate']> {
  const session = liveSession(command, seen, now);
  if ('refused' in session) return refuse(session);
  if (session.subject !== command.subject) return refuse({ refused: 'unknown_token' });
  const authenticatedAt = Math.max(session.authenticatedAt, now);
  const { methods } = command;
  const again = { ...accessedAt(session, now), authenticatedAt, methods };
  return replyAndKeep({ session: again }, [eventOf(session, 'session_reauthenticated')]);
}

/** Leaves the idle clock alone; what changes nothing writes nothing. */
export function setFacts(
  command: SetFacts,
  seen: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['set_facts']> {
  const { outcome: found } = look({ ...command, type: 'look' }, seen, now);
  if ('refused' in found) return refuse(found);
  const { session, child } = found;
  const before = child ? child.facts : session.properties;
  const facts = changed(before, command.facts);
  if (!facts) return reply(found);
  if (!fits(facts, policy)) return refuse({ refused: 'limit_reached', limit: 'properties' });
  const described = child && { ...child, facts };
  const kept = described ? withChild(session, described) : { ...session, properties: facts };
  return replyAndGrow({ session: kept, child: described }, [], policy);
}

/** Undefined when that is what they were already. */
function changed(before: Facts, changes: SetFacts['facts']): Facts | undefined {
  const isNew = ([name, value]: [string, string | null]) =>
    value === null ? Object.hasOwn(before, name) : own(before, name) !== value;
  if (!Object.entries(changes).some(isNew)) return undefined;
  const all = [...Object.entries(before), ...Object.entries(changes)];
  const merged = new Map(all.filter(([name]) => changes[name] !== null));
  return Object.fromEntries(merged) as Facts;
}

function own(facts: Facts, name: string): string | undefined {
  return Object.hasOwn(facts, name) ? facts[name] : undefined;
}
