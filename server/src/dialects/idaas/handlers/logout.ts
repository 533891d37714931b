/**
 * Logout: whoever holds the session token on its device ends the session.
 */

import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { refused } from '../errors.ts';
import { signedSessionToken } from '../signed-session-token.ts';

export function createLogout(context: Context): Route['handle'] {
  const { services, callers, sessionTokens } = context;
  return async (request) => {
    const device = callers.onDevice(request);
    if ('status' in device) return device;
    const signed = signedSessionToken(context, request, device);
    if (typeof signed !== 'string') return signed;
    const used = await sessionTokens.use(signed, device);
    if ('status' in used) return used;
    const why = { reason: 'signed_out', by: 'user' } as const;
    const outcome = await services.sessions.endSession(used.session, why);
    return 'refused' in outcome ? refused(outcome) : { status: 200, headers: {}, body: '' };
  };
}
