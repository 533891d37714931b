/**
 * `refresh`: resets the idle clock, at most once per throttle (fact sheet 3.3, 3.6).
 */

import { refreshBody } from '../../encode-session.ts';
import type { SessionAction } from './action.ts';

export const refresh: SessionAction = {
  on: 'session',
  right: 'owner',
  gone: { body: { valid: false } },
  async run({ services }, { realm }, { token }) {
    const renewed = await services.sessions.touch(token, realm);
    if ('refused' in renewed) return renewed;
    return { body: refreshBody(renewed.session, services.clock.now()) };
  },
};
