/**
 * Sessions and grants into the bodies that OAuth clients read.
 */

import type { Person } from '../../directory/directory.ts';
import type { Grant, Ms, Session } from '../../engine/session.ts';
import type { Token } from '../../sessions/token.ts';
import { jsonAnswer } from '../answers.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import { grantLapsesAt } from '../lapses.ts';
import { type Access, mintAccessToken } from './access-token.ts';
import type { Client } from './clients.ts';
import type { Context } from './context.ts';
import { ANSWER_HEADERS } from './headers.ts';
import { mintIdToken } from './id-token.ts';
import { issuerOf } from './issuer.ts';
import { refreshShape } from './shape.ts';
import { accessLife, timesOf } from './times.ts';

export interface Issued {
  readonly session: Session;
  readonly grant: Grant;
  /** Of this generation. */
  readonly token: Token;
}

/** A successful answer of the token endpoint (RFC 6749, section 5.1), members in AM's order. */
export function tokenAnswer(
  { services: { keyring, clock }, config }: Context,
  request: WireRequest,
  client: Client,
  issued: Issued,
  ask: { readonly scope: readonly string[]; readonly nonce: string | undefined },
): WireAnswer {
  const { session, grant, token } = issued;
  const issuer = issuerOf(config, session.realm, grant.facts.origin ?? request.origin);
  const life = accessLife(session, grant, config.access_token_life);
  const times = timesOf(grant, life, clock.now());
  const accessToken = mintAccessToken(keyring, issuer, issued, ask.scope, times);
  const idToken = ask.scope.includes('openid')
    ? mintIdToken(keyring, issuer, issued, accessToken, times, ask.nonce)
    : undefined;
  const body = {
    access_token: accessToken,
    refresh_token: client.grantTypes.has('refresh_token') ? refreshShape.write(token) : undefined,
    scope: ask.scope.join(' '),
    id_token: idToken,
    token_type: 'Bearer',
    expires_in: times.expiresIn,
  };
  return jsonAnswer(200, body, ANSWER_HEADERS);
}

/** Introspection of an access token (RFC 7662, section 2.2; AM's members: fact sheet 4.5). */
export function accessBody({ claims, session, grant }: Access, now: Ms) {
  return {
    active: true,
    scope: claims.scope,
    realm: `/${session.realm}`,
    client_id: claims.client_id,
    user_id: session.subject,
    token_type: 'Bearer',
    exp: claims.exp,
    sub: session.subject,
    iss: claims.iss,
    auth_level: 0,
    authGrantId: grantId(session, grant),
    auditTrackingId: claims.jti,
    expires_in: claims.exp - Math.floor(now / 1000),
  };
}

/** The same of a refresh token that is the current one of its grant. */
export function refreshBody(session: Session, grant: Grant, issuer: string, now: Ms) {
  const exp = Math.floor(grantLapsesAt(session, grant) / 1000);
  return {
    active: true,
    scope: grant.scope.join(' '),
    realm: `/${session.realm}`,
    client_id: grant.client,
    user_id: session.subject,
    token_type: 'refresh_token',
    exp,
    sub: session.subject,
    iss: issuer,
    auth_level: 0,
    authGrantId: grantId(session, grant),
    auditTrackingId: `${grantId(session, grant)}-${grant.generation}`,
    expires_in: exp - Math.floor(now / 1000),
  };
}

/**
 * The claims of a person that the scope opens (OpenID Connect Core 1.0, section 5.4). The directory
 * keeps whole names; the parts are its first word and the rest, where there is a rest.
 */
export function personBody(person: Person, scope: readonly string[]) {
  const [, given, family] = /^(\S+)\s+(.+)$/su.exec(person.names.en.trim()) ?? [];
  const profile = {
    name: person.names.en,
    'name#ar': person.names.ar ?? undefined,
    given_name: given,
    family_name: family,
    preferred_username: person.username,
  };
  return {
    sub: person.subject,
    ...(scope.includes('profile') ? profile : {}),
    ...(scope.includes('email') ? { email: person.email ?? undefined } : {}),
  };
}

function grantId(session: Session, grant: Grant): string {
  return `${session.id}-${grant.slot}`;
}
