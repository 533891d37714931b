/**
 * When and how a person signed in, as a grant keeps it: a second sign-in, for whichever application,
 * changes nothing for those that came before (OpenID Connect Core 1.0, section 12.2).
 */

import type { Facts, Grant, Session } from '../../engine/session.ts';

/** What a code, and then its grant, keeps of the sign-in that it was made in. */
export function authenticationFacts(session: Session): Facts {
  return { auth_time: `${secondsOf(session)}`, amr: session.methods.join(' ') };
}

/** In seconds since 1970. A grant without facts of its own has those of its session. */
export function authTimeOf(session: Session, grant: Pick<Grant, 'facts'> | null): number {
  const kept = grant?.facts.auth_time;
  return kept === undefined ? secondsOf(session) : Number(kept);
}

/**
 * The claims of an ID token: `amr` by RFC 8176, where it is known; `acr` "1" for whatever proof there
 * was, "0" for none (section 2).
 */
export function authenticationClaims(session: Session, grant: Pick<Grant, 'facts'>) {
  const kept = grant.facts.amr ?? session.methods.join(' ');
  const amr = kept === '' ? undefined : kept.split(' ');
  return {
    auth_time: authTimeOf(session, grant),
    acr: amr ? '1' : '0',
    ...(amr && { amr }),
  };
}

function secondsOf({ authenticatedAt }: Session): number {
  return Math.floor(authenticatedAt / 1000);
}
