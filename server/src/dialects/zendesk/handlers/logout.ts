/**
 * `DELETE users/:user/logout`, and `GET`, as the older manual has it: ends the session of the cookie.
 */

import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { expiredCookies } from '../cookies.ts';
import { isFromElsewhere } from '../decode.ts';
import { endpoint } from '../endpoint.ts';
import { FORBIDDEN, RECORD_NOT_FOUND, refused } from '../errors.ts';
import { targetOf } from '../target.ts';

export function createLogout(context: Context): Route['handle'] {
  const { services, config } = context;
  return endpoint(context, async ({ request, caller }) => {
    const target = await targetOf(context, caller, request.params.user ?? '');
    if ('status' in target) return target;
    // The call comes with no session of theirs: an administrator deletes sessions instead.
    if (!target.isOwn) return RECORD_NOT_FOUND;
    // There is no session to sign out of; the manual says that it has no effect (C.3).
    if (caller.by !== 'cookie') return { body: null };
    // A GET or HEAD needs no authenticity token, and so must not come from a page of another site.
    if (request.method !== 'DELETE' && isFromElsewhere(request)) return FORBIDDEN;
    const why = { reason: 'signed_out', by: 'user' } as const;
    const ended = await services.sessions.endSession(caller.session, why);
    if ('refused' in ended) return refused(ended);
    return { body: null, cookies: expiredCookies(config, request) };
  });
}
