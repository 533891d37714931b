/**
 * `DELETE users/me/logout`, and `GET`, as the older manual has it: ends the session of the cookie.
 */

import type { Session } from '../../../engine/session.ts';
import type { Route, WireRequest } from '../../dialect.ts';
import { sameSecret } from '../../secrets.ts';
import { readCaller } from '../caller.ts';
import type { Context } from '../context.ts';
import { expiredCookies } from '../cookies.ts';
import { writeError, writeNoContent } from '../encode.ts';
import { INVALID_AUTHENTICITY_TOKEN, REFUSALS } from '../errors.ts';
import { authenticityToken } from '../shapes.ts';

export function createLogout(context: Context): Route['handle'] {
  const { services, config } = context;
  return async (request) => {
    const caller = await readCaller(context, request);
    if (caller.by === 'nobody') return writeError(request, caller.error);
    // There is no session to sign out of; the manual says that it has no effect (C.3).
    if (caller.by === 'basic') return writeNoContent(request, {});
    const { session } = caller;
    if (!isSameSite(context, request, session)) {
      return writeError(request, INVALID_AUTHENTICITY_TOKEN);
    }
    const why = { reason: 'signed_out', by: 'user' } as const;
    const ended = await services.sessions.endSession(session, why);
    if ('refused' in ended) return writeError(request, REFUSALS[ended.refused]);
    return writeNoContent(request, { 'Set-Cookie': expiredCookies(config, request) });
  };
}

/** Whether a write with the cookie comes with the authenticity token; a GET needs none (C.4). */
function isSameSite({ services }: Context, request: WireRequest, session: Session): boolean {
  const presented = request.headers['x-csrf-token'] ?? '';
  return request.method === 'GET' || sameSecret(presented, authenticityToken(services, session));
}
