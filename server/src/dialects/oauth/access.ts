/**
 * Access: what an access token that is shown to us is good for now.
 */

import type { Refusal } from '../../engine/refusal.ts';
import type { Grant, Session } from '../../engine/session.ts';
import type { AccessClaims } from './access-token.ts';
import type { Context } from './context.ts';
import { isIssuerOf } from './issuer.ts';
import { isRevoked } from './revoked.ts';

/** A token that is good for something now, with what it stands for. */
export interface Access {
  readonly claims: AccessClaims;
  /** Null when it speaks for the client itself. */
  readonly session: Session | null;
  /** Null when it hangs on the sign-in alone. */
  readonly grant: Grant | null;
}

/**
 * Looks at a token in use, which is evidence that its generation has arrived. Undefined for what
 * has expired, was revoked, or is of another realm.
 * @throws StoreFault
 */
export async function seeAccessToken(
  context: Context,
  claims: AccessClaims,
  realm: string,
): Promise<Access | Refusal | undefined> {
  const { clock, once } = context.services;
  if (clock.now() >= claims.exp * 1000 || !isIssuerOf(claims.iss, realm)) return undefined;
  // Side by side: the second read costs no time of its own.
  const [standing, revoked] = await Promise.all([
    standingOf(context, claims, realm),
    isRevoked(once, claims),
  ]);
  if (revoked || standing === undefined) return undefined;
  return 'refused' in standing ? standing : { claims, ...standing };
}

/** What the token hangs on, if that is alive. */
async function standingOf(
  { services: { sessions }, clients }: Context,
  { sid, grant, generation, client_id }: AccessClaims,
  realm: string,
): Promise<Omit<Access, 'claims'> | Refusal | undefined> {
  if (sid === undefined) {
    return clients.find(realm, client_id) ? { session: null, grant: null } : undefined;
  }
  if (grant !== undefined && generation !== undefined) {
    return sessions.seeAccess({ id: sid, slot: grant, generation }, realm);
  }
  const found = await sessions.inspect(sid);
  if (found?.session.realm !== realm) return { refused: 'unknown_token' };
  const { session, end } = found;
  return end ? { refused: 'session_ended', end } : { session, grant: null };
}
