/**
 * `refresh`: resets the idle clock, at most once per throttle (fact sheet 3.3, 3.6).
 */

import { refreshBody } from '../encode.ts';
import type { Action } from './action.ts';

export const refresh: Action = {
  since: 2,
  gone: { valid: false },
  async run({ services }, { realm }, { target }) {
    const renewed = await services.sessions.touch(target, realm);
    if ('refused' in renewed) return renewed;
    return { body: refreshBody(renewed.session, services.clock.now()) };
  },
};
