/**
 * Sessions and grants into the bodies that OAuth clients read.
 */

import type { Person } from '../../directory/directory.ts';
import type { Grant, Ms, Session } from '../../engine/session.ts';
import type { Token } from '../../sessions/token.ts';
import { jsonAnswer } from '../answers.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import { grantLapsesAt } from '../lapses.ts';
import type { Access } from './access.ts';
import {
  type AccessClaims,
  type Confirmation,
  claimsOfGrant,
  drawnId,
  generationId,
} from './access-token.ts';
import type { Client } from './clients.ts';
import type { Context } from './context.ts';
import { ANSWER_HEADERS } from './headers.ts';
import { mintIdToken } from './id-token.ts';
import { issuerOf } from './issuer.ts';
import { refreshShape } from './shape.ts';
import { accessLife, timesFrom, timesOf } from './times.ts';

export interface Issued {
  readonly session: Session;
  readonly grant: Grant;
  /** Of this generation. */
  readonly token: Token;
}

/** What the tokens are to say and be bound to. */
export interface TokenAsk {
  readonly scope: readonly string[];
  readonly nonce: string | undefined;
  readonly cnf: Confirmation | undefined;
  /** The generation is not a new one, and its tokens' times begin now. */
  readonly rested?: boolean;
}

/** A successful answer of the token endpoint for a grant (RFC 6749, section 5.1). */
export function tokenAnswer(
  { services: { keyring, clock, random }, config, accessTokens }: Context,
  request: WireRequest,
  client: Client,
  issued: Issued,
  ask: TokenAsk,
): WireAnswer {
  const { session, grant, token } = issued;
  const issuer = issuerOf(config, session.realm, grant.facts.origin ?? request.origin);
  const life = accessLife(session, grant, config.access_token_life);
  const now = clock.now();
  const times = ask.rested ? timesFrom(now, life, grant.endsAt) : timesOf(grant, life, now);
  // One that rests may be asked for right after its last access token was revoked.
  const jti = ask.rested ? drawnId(random) : generationId(issued, ask.scope, times);
  const { scope, cnf } = ask;
  const claims = claimsOfGrant(issued, { iss: issuer, jti, scope, times, cnf });
  const accessToken = accessTokens.write(claims, client.accessTokenFormat);
  const idToken = scope.includes('openid')
    ? mintIdToken(keyring, issuer, issued, accessToken, times, ask.nonce)
    : undefined;
  return accessAnswer(claims, accessToken, times.expiresIn, {
    refresh_token: client.grantTypes.has('refresh_token') ? refreshShape.write(token) : undefined,
    id_token: idToken,
  });
}

/** What may come beside an access token. */
export interface Beside {
  readonly refresh_token?: string | undefined;
  readonly id_token?: string | undefined;
  readonly issued_token_type?: string;
}

/** An access token and what comes beside it, members in AM's order. */
export function accessAnswer(
  claims: AccessClaims,
  accessToken: string,
  expiresIn: number,
  { refresh_token, id_token, issued_token_type }: Beside = {},
): WireAnswer {
  const body = {
    access_token: accessToken,
    refresh_token,
    scope: claims.scope,
    id_token,
    token_type: tokenType(claims),
    expires_in: expiresIn,
    issued_token_type,
  };
  return jsonAnswer(200, body, ANSWER_HEADERS);
}

/**
 * Introspection of an access token (RFC 7662, section 2.2; AM's members: fact sheet 4.5). An
 * audience is named when it is not the realm itself.
 */
export function accessBody({ claims, session, grant }: Access, realm: string, now: Ms) {
  return {
    active: true,
    scope: claims.scope,
    realm: `/${realm}`,
    client_id: claims.client_id,
    user_id: claims.sub,
    token_type: tokenType(claims),
    exp: claims.exp,
    sub: claims.sub,
    iss: claims.iss,
    auth_level: 0,
    authGrantId: session && grant ? grantId(session, grant) : (session?.id ?? claims.jti),
    auditTrackingId: claims.jti,
    expires_in: claims.exp - Math.floor(now / 1000),
    aud: otherAudience(claims),
    act: claims.act,
    cnf: claims.cnf,
  };
}

/** The same as AM tells whoever holds the token. */
export function tokenInfoBody({ claims }: Access, text: string, realm: string, now: Ms) {
  return {
    access_token: text,
    scope: claims.scope.split(' '),
    realm: `/${realm}`,
    token_type: tokenType(claims),
    expires_in: claims.exp - Math.floor(now / 1000),
    client_id: claims.client_id,
    auth_level: 0,
    aud: otherAudience(claims),
    cnf: claims.cnf,
  };
}

/** Whoever asks about a token must see that it is meant for somebody else. */
function otherAudience({ aud, iss }: AccessClaims): AccessClaims['aud'] | undefined {
  return aud === iss ? undefined : aud;
}

/** The scheme by which a token is shown (RFC 9449, section 5). */
function tokenType({ cnf }: AccessClaims): 'Bearer' | 'DPoP' {
  return cnf?.jkt === undefined ? 'Bearer' : 'DPoP';
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
 * The claims of a person that the scope opens (OpenID Connect Core 1.0, section 5.4), or that were
 * asked for by name. The directory keeps whole names; the parts are its first word and the rest,
 * where there is a rest.
 */
export function personBody(person: Person, scope: readonly string[], names: readonly string[]) {
  const [, given, family] = /^(\S+)\s+(.+)$/su.exec(person.names.en.trim()) ?? [];
  const profile = {
    name: person.names.en,
    'name#ar': person.names.ar ?? undefined,
    given_name: given,
    family_name: family,
    preferred_username: person.username,
  };
  const email = { email: person.email ?? undefined };
  const named = Object.entries({ ...profile, ...email }).filter(([name]) => names.includes(name));
  return {
    sub: person.subject,
    ...(scope.includes('profile') ? profile : {}),
    ...(scope.includes('email') ? email : {}),
    ...Object.fromEntries(named),
  };
}

function grantId(session: Session, grant: Grant): string {
  return `${session.id}-${grant.slot}`;
}
