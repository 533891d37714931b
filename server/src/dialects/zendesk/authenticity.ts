/**
 * The authenticity token that each caller is told, and the one that a write with the cookie needs
 * (fact sheet C.4).
 */

import type { WireRequest } from '../dialect.ts';
import { sameSecret } from '../secrets.ts';
import type { Caller } from './caller.ts';
import type { Context } from './context.ts';
import { readAuthenticityToken } from './decode.ts';
import { authenticityToken } from './shape.ts';

/**
 * The session's own goes to its cookie alone. An application with an access token would otherwise
 * hold what its pages need to forge writes in its user's browser. All who come without the cookie
 * are told one and the same, which opens nothing.
 */
export function authenticityTokenOf({ services }: Context, caller: Caller): string {
  if (caller.by === 'cookie') return authenticityToken(services, caller.session);
  return services.keyring.derive('zendesk/no-cookie').toString('base64url');
}

/** Whether a write with the cookie came from a page that may read what we say to it. */
export function isAuthentic({ services }: Context, request: WireRequest, caller: Caller): boolean {
  if (caller.by !== 'cookie') return true;
  const own = authenticityToken(services, caller.session);
  return sameSecret(readAuthenticityToken(request), own);
}
