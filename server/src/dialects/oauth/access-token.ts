/**
 * Access tokens: JWT by RFC 9068, made anew from the grant and never stored.
 */

import { hash } from 'node:crypto';
import type { Refusal } from '../../engine/refusal.ts';
import type { Grant, Session } from '../../engine/session.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { Context } from './context.ts';
import type { Times } from './times.ts';

const TYPE = 'at+jwt';

/** `grant` and `generation` lead back to the record; they are private claims, and no secrets. */
export interface AccessClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly client_id: string;
  readonly scope: string;
  readonly exp: number;
  readonly iat: number;
  readonly auth_time: number;
  readonly jti: string;
  readonly sid: string;
  readonly grant: number;
  readonly generation: number;
}

/** The same grant, scope and times give the same claims, `jti` included. */
export function mintAccessToken(
  keyring: Keyring,
  issuer: string,
  { session, grant }: { readonly session: Session; readonly grant: Grant },
  scope: readonly string[],
  { issuedAt, expiresAt }: Times,
): string {
  const granted = scope.join(' ');
  const name = [session.id, grant.slot, grant.generation, issuedAt, granted].join('/');
  const claims: AccessClaims = {
    iss: issuer,
    sub: session.subject,
    // The realm itself is the default resource (RFC 9068, section 3).
    aud: issuer,
    client_id: grant.client,
    scope: granted,
    exp: expiresAt,
    iat: issuedAt,
    auth_time: Math.floor(session.authenticatedAt / 1000),
    jti: hash('sha256', name, 'buffer').subarray(0, 16).toString('base64url'),
    sid: session.id,
    grant: grant.slot,
    generation: grant.generation,
  };
  return keyring.sign({ ...claims }, TYPE);
}

/** The claims of a token that this dialect has signed, expired ones included. */
export function readAccessToken(keyring: Keyring, text: string): AccessClaims | undefined {
  const claims: unknown = keyring.verify(text, TYPE);
  return isAccessClaims(claims) ? claims : undefined;
}

/** A token that is good for something now, with what it stands for. */
export interface Access {
  readonly claims: AccessClaims;
  readonly session: Session;
  readonly grant: Grant;
}

/**
 * Looks at a token in use, which is evidence that its generation has arrived. Undefined for what
 * has expired.
 */
export async function seeAccessToken(
  { services: { clock, sessions } }: Context,
  claims: AccessClaims,
  realm: string,
): Promise<Access | Refusal | undefined> {
  if (clock.now() >= claims.exp * 1000) return undefined;
  const name = { id: claims.sid, slot: claims.grant, generation: claims.generation };
  const seen = await sessions.seeAccess(name, realm);
  return 'refused' in seen ? seen : { claims, session: seen.session, grant: seen.grant };
}

/** Others may sign with the same keys, under other types; the members tell this one for sure. */
function isAccessClaims(claims: unknown): claims is AccessClaims {
  if (typeof claims !== 'object' || claims === null) return false;
  const members = new Map<string, unknown>(Object.entries(claims));
  return (
    TEXTS.every((name) => typeof members.get(name) === 'string') &&
    NUMBERS.every((name) => Number.isSafeInteger(members.get(name)))
  );
}

const TEXTS = ['iss', 'sub', 'aud', 'client_id', 'scope', 'jti', 'sid'] as const;
const NUMBERS = ['exp', 'iat', 'auth_time', 'grant', 'generation'] as const;
