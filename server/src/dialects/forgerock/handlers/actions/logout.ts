/**
 * `logout`: ends the session, and takes the cookie back (fact sheet 3.3).
 */

import type { Why } from '../../../../sessions/sessions.ts';
import { expiredCookie } from '../../cookies.ts';
import { parameter } from '../../decode.ts';
import { readGoto } from '../../goto.ts';
import type { SessionAction } from './action.ts';

const BY_USER: Why = { reason: 'signed_out', by: 'user' };
export const BY_ADMINISTRATOR: Why = { reason: 'ended_by_administrator', by: 'admin' };

export const logout: SessionAction = {
  on: 'session',
  right: 'signed_in',
  gone: { body: { result: 'Token has expired' } },
  async run({ services, config }, { request, realm, parameters }, target) {
    const found = await services.sessions.look(target.token, realm);
    if ('refused' in found) return found;
    const why = target.isAdministrator ? BY_ADMINISTRATOR : BY_USER;
    const ended = await services.sessions.endSession(found.session, why);
    if ('refused' in ended) return ended;
    const goto = readGoto(parameter(parameters, 'goto'), config);
    return {
      body: { result: 'Successfully logged out', ...(goto !== undefined && { goto }) },
      ...(target.isCaller && { headers: { 'Set-Cookie': expiredCookie(config, request) } }),
    };
  },
};
