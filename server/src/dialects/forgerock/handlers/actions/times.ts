/**
 * The times of version 1, one action for each; -1 for a session that is not alive (fact sheet 3.3).
 */

import type { Ms, Session } from '../../../../engine/session.ts';
import type { Right } from '../../caller.ts';
import { idleTime, maxIdleTime, maxSessionTime, timeLeft } from '../../encode-session.ts';
import type { SessionAction } from './action.ts';

export const getTimeLeft = timeAction('maxtime', 'owner', timeLeft);
export const getMaxSessionTime = timeAction('maxsessiontime', 'administrator', maxSessionTime);
export const getMaxIdle = timeAction('maxidletime', 'owner', maxIdleTime);
export const getIdle = timeAction('idletime', 'administrator', idleTime);

function timeAction(
  member: string,
  right: Right,
  time: (session: Session, now: Ms) => number,
): SessionAction {
  return {
    on: 'session',
    right,
    gone: { body: { [member]: -1 } },
    async run({ services }, { realm }, { token }) {
      const found = await services.sessions.look(token, realm);
      if ('refused' in found) return found;
      return { body: { [member]: time(found.session, services.clock.now()) } };
    },
  };
}
