/**
 * This dialect's credential for a session that is open: its token, and the cookie that it goes in.
 */

import type { Dialect } from '../dialect.ts';
import type { Context } from './context.ts';
import { KIND, shape } from './shape.ts';

export function createCredential({ services, config }: Context): Dialect['credential'] {
  return async (session) => {
    const tokenId = shape.write(services.sessions.token(session, KIND));
    return { credential: { tokenId, cookieName: config.cookie_name } };
  };
}
