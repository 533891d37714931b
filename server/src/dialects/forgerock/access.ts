/**
 * Who calls, and which session they mean (fact sheet 3.1).
 *
 * The usual call presents one token that is both. Another session may be named beside it by its
 * owner and by an administrator.
 */

import type { Session } from '../../engine/session.ts';
import type { Token } from '../../sessions/token.ts';
import type { Context } from './context.ts';
import { readTokens } from './decode.ts';
import { ACCESS_DENIED, type AmError, FORBIDDEN, isAmError } from './errors.ts';
import type { Call } from './resource.ts';
import { shape } from './shape.ts';

export interface Access {
  /** Of the session that is meant; undefined when the text that was sent is no token of ours. */
  readonly target: Token | undefined;
  /** Whether the caller's own token is the one that is meant. */
  readonly isCaller: boolean;
  /** Whether an administrator acts on somebody else's session. */
  readonly isAdministrator: boolean;
}

export async function readAccess(context: Context, call: Call): Promise<Access | AmError> {
  const { request, parameters, body } = call;
  const texts = readTokens(request, parameters, body, context.config.cookie_name);
  if (isAmError(texts)) return texts;
  const presented = texts.cookie ?? texts.header;
  const meant = texts.query ?? texts.body ?? presented;
  const caller = shape.read(presented ?? meant ?? '');
  if (!caller) return ACCESS_DENIED;
  if (presented === undefined || meant === undefined || presented === meant) {
    return { target: caller, isCaller: true, isAdministrator: false };
  }
  return accessBeside(context, call.realm, caller, shape.read(meant));
}

async function accessBeside(
  { services }: Context,
  realm: string,
  caller: Token,
  target: Token | undefined,
): Promise<Access | AmError> {
  const { sessions, directory } = services;
  const calling = await sessions.look(caller, realm);
  if ('refused' in calling) return ACCESS_DENIED;
  const meant = target && (await sessions.look(target, realm));
  if (!meant || 'refused' in meant || isSamePerson(calling.session, meant.session)) {
    return { target, isCaller: false, isAdministrator: false };
  }
  const person = await directory.find(realm, calling.session.subject);
  if (!person?.active || person.role !== 'administrator') return FORBIDDEN;
  return { target, isCaller: false, isAdministrator: true };
}

function isSamePerson(one: Session, other: Session): boolean {
  return one.realm === other.realm && one.subject === other.subject;
}
