/**
 * `getSessionInfo`: the session as it stands, the idle clock left alone; and
 * `getSessionInfoAndResetIdleTime`, which resets it (fact sheet 3.3, 3.4).
 */

import { sessionInfoBody } from '../../encode-session.ts';
import type { SessionAction } from './action.ts';

export const getSessionInfo: SessionAction = {
  on: 'session',
  right: 'owner',
  gone: { body: { valid: false } },
  async run({ services, config }, { realm, version }, { token }) {
    const found = await services.sessions.look(token, realm);
    if ('refused' in found) return found;
    return { body: sessionInfoBody(found.session, config, version.major) };
  },
};

export const getSessionInfoAndResetIdleTime: SessionAction = {
  ...getSessionInfo,
  async run({ services, config }, { realm, version }, { token }) {
    const found = await services.sessions.touch(token, realm);
    if ('refused' in found) return found;
    return { body: sessionInfoBody(found.session, config, version.major) };
  },
};
