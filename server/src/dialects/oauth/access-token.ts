/**
 * Access tokens: JWT by RFC 9068, or the same claims sealed, made anew for each answer and never
 * stored.
 */

import { hash } from 'node:crypto';
import type { Grant, Session } from '../../engine/session.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { Random } from '../../sessions/random.ts';
import { authTimeOf } from './authentication.ts';
import type { AccessTokenFormat } from './config.ts';
import { createSeal } from './seal.ts';
import type { Times } from './times.ts';

const TYPE = 'at+jwt';

/** What the standards call a token of this sort (RFC 8693, section 3). */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';

const JTI_BYTES = 16;

/** What the sender of a token must prove to hold (RFC 7800, section 3.1). */
export interface Confirmation {
  /** The thumbprint of a DPoP key (RFC 9449, section 6.1). */
  readonly jkt?: string | undefined;
  /** The thumbprint of a certificate (RFC 8705, section 3.1). */
  readonly 'x5t#S256'?: string | undefined;
}

/** For whom somebody acts with a token that was exchanged (RFC 8693, section 4.1). */
export interface Actor {
  readonly sub: string;
  readonly act?: Actor | undefined;
}

/**
 * `sid`, `grant` and `generation` lead back to the record; the last two are private claims, and no
 * secrets. A token without `sid` speaks for the client itself, one without `grant` hangs on the
 * sign-in alone.
 */
export interface AccessClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly client_id: string;
  readonly scope: string;
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly auth_time?: number | undefined;
  readonly sid?: string | undefined;
  readonly grant?: number | undefined;
  readonly generation?: number | undefined;
  readonly act?: Actor | undefined;
  readonly cnf?: Confirmation | undefined;
}

/** What a token of a grant is minted from. */
export interface Minted {
  readonly session: Session;
  readonly grant: Grant;
}

/** @param jti `generationId` where a retry is to get the same token, else `drawnId`. */
export function claimsOfGrant(
  { session, grant }: Minted,
  { iss, jti, cnf, scope, times }: Omit<Exchanged, 'aud' | 'client_id'> & { readonly jti: string },
): AccessClaims {
  return {
    iss,
    sub: session.subject,
    // The realm itself is the default resource (RFC 9068, section 3).
    aud: iss,
    client_id: grant.client,
    scope: scope.join(' '),
    exp: times.expiresAt,
    iat: times.issuedAt,
    auth_time: authTimeOf(session, grant),
    jti,
    sid: session.id,
    grant: grant.slot,
    generation: grant.generation,
    ...(cnf && { cnf }),
  };
}

/** The same generation, scope and times have the same id, for whatever key. */
export function generationId(
  { session, grant }: Minted,
  scope: readonly string[],
  { issuedAt }: Times,
): string {
  const name = [session.id, grant.slot, grant.generation, issuedAt, scope.join(' ')].join('/');
  return hash('sha256', name, 'buffer').subarray(0, JTI_BYTES).toString('base64url');
}

/** A token of a client that speaks for itself: its subject is the client (RFC 9068, section 2.2). */
export function clientClaims(
  issuer: string,
  client: string,
  scope: readonly string[],
  { issuedAt, expiresAt }: Times,
  cnf: Confirmation | undefined,
  random: Random,
): AccessClaims {
  return {
    iss: issuer,
    sub: client,
    aud: issuer,
    client_id: client,
    scope: scope.join(' '),
    exp: expiresAt,
    iat: issuedAt,
    jti: drawnId(random),
    ...(cnf && { cnf }),
  };
}

/** Whom an exchanged token is to speak for. */
export interface ExchangeSubject {
  readonly session: Session;
  readonly grant: Grant | null;
  /** Of the access token that was shown; null for a session token. */
  readonly claims: AccessClaims | null;
}

interface Exchanged extends Pick<AccessClaims, 'iss' | 'aud' | 'client_id' | 'cnf'> {
  readonly scope: readonly string[];
  readonly times: Times;
}

/** A token that a client got for another's: it hangs on the same record, and says who acts. */
export function exchangedClaims(
  { iss, aud, client_id, cnf, scope, times }: Exchanged,
  { session, grant, claims }: ExchangeSubject,
  random: Random,
): AccessClaims {
  return {
    iss,
    sub: session.subject,
    aud,
    client_id,
    scope: scope.join(' '),
    exp: times.expiresAt,
    iat: times.issuedAt,
    jti: drawnId(random),
    auth_time: authTimeOf(session, grant),
    sid: session.id,
    ...(grant && { grant: grant.slot, generation: claims?.generation ?? grant.generation }),
    act: { sub: client_id, ...(claims?.act && { act: claims.act }) },
    ...(cnf && { cnf }),
  };
}

/** Of a token that is like no other. */
export function drawnId(random: Random): string {
  return random.bytes(JTI_BYTES).toString('base64url');
}

/** How tokens are written, and read in either format. */
export interface AccessTokens {
  write(claims: AccessClaims, format: AccessTokenFormat): string;
  /** The claims of a token that this dialect has made, expired ones included. */
  read(text: string): AccessClaims | undefined;
}

/** Secret scanners can look for it. */
const OPAQUE_PREFIX = 'lamp_at_';

export function createAccessTokens(keyring: Keyring): AccessTokens {
  const seal = createSeal(keyring, 'oauth access token');

  function claimsIn(text: string): unknown {
    if (!text.startsWith(OPAQUE_PREFIX)) return keyring.verify(text, TYPE);
    const opened = seal.open(text.slice(OPAQUE_PREFIX.length));
    return opened === undefined ? undefined : JSON.parse(opened);
  }

  return {
    write(claims, format) {
      if (format === 'jwt') return keyring.sign({ ...claims }, TYPE);
      return OPAQUE_PREFIX + seal.close(JSON.stringify(claims));
    },
    read(text) {
      const claims = claimsIn(text);
      return isAccessClaims(claims) ? claims : undefined;
    },
  };
}

/** Others may sign with the same keys, under other types; the members tell this one for sure. */
function isAccessClaims(claims: unknown): claims is AccessClaims {
  if (typeof claims !== 'object' || claims === null) return false;
  const members = new Map<string, unknown>(Object.entries(claims));
  const isText = (name: string) => typeof members.get(name) === 'string';
  const isNumber = (name: string) => Number.isSafeInteger(members.get(name));
  const hasNone = (names: readonly string[]) => !names.some((name) => members.has(name));
  return (
    ['iss', 'sub', 'client_id', 'scope', 'jti'].every(isText) &&
    ['exp', 'iat'].every(isNumber) &&
    members.has('aud') &&
    (isText('sid') ? isNumber('auth_time') : hasNone(['sid', 'auth_time', 'grant'])) &&
    (isNumber('grant') ? isNumber('generation') : hasNone(['grant', 'generation']))
  );
}
