/**
 * This dialect's credential for a session that is open: its cookie, and its authenticity token.
 */

import type { Dialect } from '../dialect.ts';
import type { Context } from './context.ts';
import { SESSION_COOKIE } from './cookies.ts';
import { authenticityToken, sessionText } from './shape.ts';

export function createCredential({ services, config }: Context): Dialect['credential'] {
  return async (session) => {
    if (session.realm !== config.realm) return { fault: 'the session is of another realm' };
    return {
      credential: {
        [SESSION_COOKIE]: sessionText(services, session),
        authenticity_token: authenticityToken(services, session),
      },
    };
  };
}
