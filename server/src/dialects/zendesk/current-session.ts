/**
 * The session that a caller has now: the cookie's, the one behind an access token, or the one that
 * Basic authentication is given.
 */

import type { Session } from '../../engine/session.ts';
import { openBasicSession } from './basic-session.ts';
import type { Known } from './caller.ts';
import type { Context } from './context.ts';
import { RECORD_NOT_FOUND, refused, type ZendeskError } from './errors.ts';
import { KIND } from './shape.ts';

/** @param isRenewal Whether it resets the idle clock of a session behind an access token. */
export async function currentSession(
  context: Context,
  caller: Known,
  isRenewal: boolean,
): Promise<{ readonly session: Session } | ZendeskError> {
  switch (caller.by) {
    case 'cookie':
      return caller;
    case 'basic': {
      const opened = await openBasicSession(context, caller);
      return 'refused' in opened ? refused(opened) : opened;
    }
    case 'bearer': {
      const { sessions } = context.services;
      const { session } = caller.access;
      const token = sessions.token(session, KIND);
      const found = await sessions[isRenewal ? 'touch' : 'look'](token, session.realm);
      // The grant may outlive the sign-in, which then is over.
      return 'refused' in found ? RECORD_NOT_FOUND : found;
    }
    case 'administrator':
      return RECORD_NOT_FOUND;
  }
}
