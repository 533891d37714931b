/**
 * Whose sessions a path is about, and whether the caller may see them (fact sheet C.1 and C.9): one's
 * own, and an administrator everybody's.
 */

import type { Person } from '../../directory/directory.ts';
import type { Session } from '../../engine/session.ts';
import type { Why } from '../../sessions/sessions.ts';
import type { Known } from './caller.ts';
import type { Context } from './context.ts';
import { readNumber } from './decode.ts';
import { sessionNumber } from './encode.ts';
import { FORBIDDEN, RECORD_NOT_FOUND, type ZendeskError } from './errors.ts';

export interface Target {
  readonly person: Person;
  readonly isOwn: boolean;
}

/** @param user `me`, or a number. */
export async function targetOf(
  { services, config }: Context,
  { person }: Known,
  user: string,
): Promise<Target | ZendeskError> {
  if (user === 'me' || user === String(person.number)) return { person, isOwn: true };
  if (person.role !== 'administrator') {
    const isTold = { nobody: false, agents: person.role === 'agent', everybody: true };
    // Whether there is such a person is nobody else's business.
    return isTold[config.others_forbidden_to] ? FORBIDDEN : RECORD_NOT_FOUND;
  }
  const number = readNumber(user);
  const found =
    number === undefined ? undefined : await services.directory.findByNumber(config.realm, number);
  return found ? { person: found, isOwn: false } : RECORD_NOT_FOUND;
}

/** How many records are read at once. */
const PAGE = 100;

/** The live session of a person that has that number. */
export async function sessionOf(
  { services: { sessions } }: Context,
  { realm, subject }: Person,
  text: string,
): Promise<Session | undefined> {
  const number = readNumber(text);
  if (number === undefined) return undefined;
  let after: Parameters<typeof sessions.live>[3];
  do {
    const page = await sessions.live(realm, subject, PAGE, after);
    const found = page.sessions.find(({ session }) => sessionNumber(session) === number);
    if (found) return found.session;
    after = page.next ?? undefined;
  } while (after);
  return undefined;
}

/** Why one session, or all of a person, end by this call. */
export function whyEnded(caller: Known, { isOwn }: Target, isAll: boolean): Why {
  if (!isOwn || caller.by === 'administrator') {
    return { reason: 'ended_by_administrator', by: 'admin' };
  }
  return { reason: isAll ? 'signed_out_everywhere' : 'signed_out', by: 'user' };
}
