/**
 * Who is asking: the person behind the Bearer token, and what they may do.
 */

import type { Person } from '../../directory/directory.ts';
import type { Session } from '../../engine/session.ts';
import type { Services, WireAnswer, WireRequest } from '../dialect.ts';
import { readBearer } from './decode.ts';
import { problem, refusalProblem } from './errors.ts';

export interface Caller {
  readonly session: Session;
  readonly person: Person;
  readonly isAdministrator: boolean;
}

/**
 * The caller, or the answer that says why there is none. Leaves the idle clock alone.
 *
 * The session token of any dialect will do: whoever signed in through one opens the door of the
 * next with what they have. A token that rotates will not: it would be exchanged for one that does
 * not, and its theft would not be seen.
 */
export async function callerOf(
  services: Services,
  request: WireRequest,
  realm: string,
): Promise<Caller | WireAnswer> {
  const { sessions, directory } = services;
  if (!sessions.realms.has(realm)) return problem('no_such_realm');
  const token = readBearer(services, request);
  if (!token) return problem('not_signed_in');
  const found = await sessions.look(token, realm);
  if ('refused' in found) return refusalProblem(found);
  const { session } = found;
  const person = await directory.find(realm, session.subject);
  if (!person?.active) return problem('not_signed_in');
  return { session, person, isAdministrator: person.role === 'administrator' };
}

/** As `callerOf`, for administrators alone. */
export async function administratorOf(
  services: Services,
  request: WireRequest,
  realm: string,
): Promise<Caller | WireAnswer> {
  const caller = await callerOf(services, request, realm);
  if ('status' in caller || caller.isAdministrator) return caller;
  return problem('not_allowed');
}
