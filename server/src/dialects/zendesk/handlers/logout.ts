/**
 * `DELETE users/me/logout`, and `GET`, as the older manual has it: ends the session of the cookie.
 */

import type { Session } from '../../../engine/session.ts';
import type { Route, WireRequest } from '../../dialect.ts';
import { sameSecret } from '../../secrets.ts';
import { readCaller } from '../caller.ts';
import type { Context } from '../context.ts';
import { expiredCookies } from '../cookies.ts';
import { isFromElsewhere, readAuthenticityToken } from '../decode.ts';
import { writeError, writeNoContent } from '../encode.ts';
import { FORBIDDEN, INVALID_AUTHENTICITY_TOKEN, refused, type ZendeskError } from '../errors.ts';
import { authenticityToken } from '../shape.ts';

export function createLogout(context: Context): Route['handle'] {
  const { services, config } = context;
  return async (request) => {
    const caller = await readCaller(context, request);
    if (caller.by === 'nobody') return writeError(request, caller.error);
    // There is no session to sign out of; the manual says that it has no effect (C.3).
    if (caller.by === 'basic') return writeNoContent(request, {});
    const { session } = caller;
    const fault = forgeryFault(context, request, session);
    if (fault) return writeError(request, fault);
    const why = { reason: 'signed_out', by: 'user' } as const;
    const ended = await services.sessions.endSession(session, why);
    if ('refused' in ended) return writeError(request, refused(ended));
    return writeNoContent(request, { 'Set-Cookie': expiredCookies(config, request) });
  };
}

/**
 * What is wrong with a call that another site may have sent: a write needs the authenticity token
 * (C.4). A GET needs none, and so must not be the link, frame or image of another site.
 */
function forgeryFault(
  { services }: Context,
  request: WireRequest,
  session: Session,
): ZendeskError | undefined {
  if (request.method === 'GET') return isFromElsewhere(request) ? FORBIDDEN : undefined;
  const isOwn = sameSecret(readAuthenticityToken(request), authenticityToken(services, session));
  return isOwn ? undefined : INVALID_AUTHENTICITY_TOKEN;
}
