/**
 * `GET users/me/session`: the session of the caller. `GET users/:user/sessions/:session`: one of a
 * person's (fact sheet C.2, C.3).
 */

import type { Session } from '../../../engine/session.ts';
import type { Route, WireRequest } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { currentSession } from '../current-session.ts';
import { readLast } from '../decode.ts';
import { sessionObject } from '../encode.ts';
import { endpoint, type Outcome } from '../endpoint.ts';
import { RECORD_NOT_FOUND } from '../errors.ts';
import { sessionOf, targetOf } from '../target.ts';

export function createShowCurrentSession(context: Context): Route['handle'] {
  return endpoint(context, async ({ request, caller }) => {
    const current = await currentSession(context, caller, false);
    if ('status' in current) return current;
    return shown(context, request, current.session, caller.person.number);
  });
}

export function createShowSession(context: Context): Route['handle'] {
  return endpoint(context, async ({ request, caller }) => {
    const target = await targetOf(context, caller, request.params.user ?? '');
    if ('status' in target) return target;
    const { person } = target;
    const session = await sessionOf(context, person, readLast(request, 'session'));
    return session ? shown(context, request, session, person.number) : RECORD_NOT_FOUND;
  });
}

function shown({ config }: Context, request: WireRequest, found: Session, user: number): Outcome {
  const session = sessionObject(found, user, request);
  return { body: { session: config.session_member === 'array' ? [session] : session } };
}
