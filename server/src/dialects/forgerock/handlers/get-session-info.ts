/**
 * `getSessionInfo`: the session as it stands; the idle clock is left alone (fact sheet 3.3, 3.4).
 */

import { sessionInfoBody } from '../encode.ts';
import type { Action } from './action.ts';

export const getSessionInfo: Action = {
  since: 2,
  gone: { valid: false },
  async run({ services }, { realm }, { target }) {
    const found = await services.sessions.look(target, realm);
    return 'refused' in found ? found : { body: sessionInfoBody(found.session) };
  },
};
