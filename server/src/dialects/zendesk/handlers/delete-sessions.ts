/**
 * `DELETE users/:user/sessions/:session`: ends one session of a person. `DELETE users/:user/sessions`:
 * all of them.
 */

import type { Session } from '../../../engine/session.ts';
import type { Route, WireRequest } from '../../dialect.ts';
import type { Known } from '../caller.ts';
import type { Context } from '../context.ts';
import { expiredCookies } from '../cookies.ts';
import { readLast } from '../decode.ts';
import { endpoint, type Outcome } from '../endpoint.ts';
import { RECORD_NOT_FOUND, refused } from '../errors.ts';
import { sessionOf, targetOf, whyEnded } from '../target.ts';

export function createDeleteSession(context: Context): Route['handle'] {
  const { sessions } = context.services;
  return endpoint(context, async ({ request, caller }) => {
    const target = await targetOf(context, caller, request.params.user ?? '');
    if ('status' in target) return target;
    const session = await sessionOf(context, target.person, readLast(request, 'session'));
    if (!session) return RECORD_NOT_FOUND;
    const ended = await sessions.endSession(session, whyEnded(caller, target, false));
    if ('refused' in ended) return refused(ended);
    return gone(context, request, caller, ({ id }) => id === session.id);
  });
}

export function createDeleteSessions(context: Context): Route['handle'] {
  const { sessions } = context.services;
  return endpoint(context, async ({ request, caller }) => {
    const target = await targetOf(context, caller, request.params.user ?? '');
    if ('status' in target) return target;
    const { realm, subject } = target.person;
    await sessions.endSubject(realm, subject, whyEnded(caller, target, true));
    return gone(context, request, caller, (session) => session.subject === subject);
  });
}

/** 204; and the cookie is taken back when its own session is among them. */
function gone(
  { config }: Context,
  request: WireRequest,
  caller: Known,
  isAmong: (session: Session) => boolean,
): Outcome {
  const isOwn = caller.by === 'cookie' && isAmong(caller.session);
  return { body: null, ...(isOwn && { cookies: expiredCookies(config, request) }) };
}
