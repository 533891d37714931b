/**
 * From sessions to the members of answers.
 */

import type { Person } from '../../directory/directory.ts';
import type { Grant, Session } from '../../engine/session.ts';
import type { Services } from '../dialect.ts';
import { grantLapsesAt } from '../lapses.ts';
import type { Config } from './config.ts';

/** For answers with a token in them (RFC 6749, section 5.1). */
export const NOT_STORED = { 'Cache-Control': 'no-store', Pragma: 'no-cache' } as const;

/**
 * Seconds until the session token lapses unused. Rounded up, so that an answer that leaves a moment
 * after the renewal still has the whole time.
 */
export function expireOf(session: Session, grant: Grant, now: number): number {
  return Math.max(0, Math.ceil((grantLapsesAt(session, grant) - now) / 1000));
}

/** An ID token (OpenID Connect Core 1.0, section 2) for a person's sign-in. */
export function personIdToken(
  { keyring, clock }: Services,
  config: Config,
  origin: string,
  { person, session, client }: { person: Person; session: Session; client: string },
): string {
  const { subject, username, names, email } = person;
  const claims = {
    iss: config.issuer ?? origin,
    sub: subject,
    aud: client,
    ...times(clock.now(), config.id_token_life),
    auth_time: Math.floor(session.authenticatedAt / 1000),
    preferred_username: username,
    name: names.en,
    ...(email === null ? {} : { email }),
  };
  return keyring.sign(claims, 'JWT');
}

/** A person as an application sees them that has a ticket; members in the vendors' orders. */
export function userInfo(person: Person, form: Config['user_info']): object {
  const { subject: id, username: userName, names, mobile, email } = person;
  const name = names.en;
  if (form === 'flat') return { id, userName, name, mobile, email };
  const user = { userName, id, name, mobile, email };
  return { code: '200', message: 'success', data: { user } };
}

/**
 * What an application tells a person who has to choose a password. The directory takes longer ones,
 * and counts bytes: whatever keeps to this it takes.
 */
export const PASSWORD_RULES = JSON.stringify({
  maxLength: 256,
  minLength: 8,
  regEx: '^.{8,256}$',
});

/** The id_token that comes with a tenant access token: the application itself. */
export function clientIdToken(
  { keyring, clock }: Services,
  config: Config,
  origin: string,
  client: string,
): string {
  const issued = { iss: config.issuer ?? origin, sub: client, aud: client };
  return keyring.sign({ ...issued, ...times(clock.now(), config.tenant_token_life) }, 'JWT');
}

function times(now: number, lifeMs: number): { iat: number; exp: number } {
  const iat = Math.floor(now / 1000);
  return { iat, exp: iat + Math.floor(lifeMs / 1000) };
}
