/**
 * Logout: whoever holds the session token on its device ends the session.
 */

import type { Route, Services } from '../../dialect.ts';
import type { Config } from '../config.ts';
import { deviceOf } from '../decode.ts';
import { missing, problem, refused } from '../errors.ts';
import { SESSION_TOKEN } from '../shape.ts';

export function createLogout({ sessions }: Services, { realm }: Config): Route['handle'] {
  return async (request) => {
    const device = deviceOf(request);
    if ('missing' in device) return missing(device.missing);
    const text = request.headers['session-token'];
    if (!text) return missing('session-token');
    const token = SESSION_TOKEN.read(text);
    if (!token) return problem('bad_session_token');
    const { client, binding } = device;
    const used = await sessions.useGrant(token, { realm, client, binding });
    if ('refused' in used) return refused(used);
    const why = { reason: 'signed_out', by: 'user' } as const;
    const outcome = await sessions.endSession(used.session, why);
    return 'refused' in outcome ? refused(outcome) : { status: 200, headers: {}, body: '' };
  };
}
