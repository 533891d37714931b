/**
 * `logout`: ends the session, and takes the cookie back (fact sheet 3.3).
 */

import type { Why } from '../../../sessions/sessions.ts';
import { expiredCookie } from '../cookie.ts';
import type { Action } from './action.ts';

const BY_USER: Why = { reason: 'signed_out', by: 'user' };
const BY_ADMINISTRATOR: Why = { reason: 'ended_by_administrator', by: 'admin' };

export const logout: Action = {
  since: 1,
  gone: { result: 'Token has expired' },
  async run({ services, config }, { request, realm }, { target, isCaller, isAdministrator }) {
    const found = await services.sessions.look(target, realm);
    if ('refused' in found) return found;
    const why = isAdministrator ? BY_ADMINISTRATOR : BY_USER;
    const ended = await services.sessions.endSession(found.session, why);
    if ('refused' in ended) return ended;
    return {
      body: { result: 'Successfully logged out' },
      ...(isCaller && { headers: { 'Set-Cookie': expiredCookie(config, request) } }),
    };
  },
};
