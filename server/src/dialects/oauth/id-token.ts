/**
 * ID tokens (OpenID Connect Core 1.0, section 2).
 */

import { hash } from 'node:crypto';
import type { Grant, Session } from '../../engine/session.ts';
import type { KeyFacts, Keyring } from '../../keys/keyring.ts';
import { authenticationClaims } from './authentication.ts';
import { isIssuerOf } from './issuer.ts';
import type { Times } from './times.ts';

const TYPE = 'JWT';

export interface IdTokenHint {
  readonly sub: string;
  readonly aud: string;
  readonly sid: string;
}

/**
 * @param nonce That of the authorization request, in the first ID token alone (section 12.2).
 */
export function mintIdToken(
  keyring: Keyring,
  issuer: string,
  { session, grant }: { readonly session: Session; readonly grant: Grant },
  accessToken: string,
  { issuedAt, expiresAt }: Times,
  nonce: string | undefined,
): string {
  const claims = {
    iss: issuer,
    sub: session.subject,
    aud: grant.client,
    exp: expiresAt,
    iat: issuedAt,
    ...authenticationClaims(session, grant),
    ...(nonce === undefined ? {} : { nonce }),
    sid: session.id,
    at_hash: accessTokenHash(keyring, accessToken),
  };
  return keyring.sign(claims, TYPE);
}

/** An ID token that this realm once issued, expired ones included: it names the session. */
export function readIdToken(
  keyring: Keyring,
  text: string,
  realm: string,
): IdTokenHint | undefined {
  const { iss, sub, aud, sid, at_hash } = keyring.verify(text, TYPE) ?? {};
  if (typeof iss !== 'string' || !isIssuerOf(iss, realm)) return undefined;
  if (typeof sub !== 'string' || typeof aud !== 'string' || typeof sid !== 'string') {
    return undefined;
  }
  // Other dialects sign with the same keys; of theirs none has an access token's hash.
  return typeof at_hash === 'string' ? { sub, aud, sid } : undefined;
}

/** The left half of the hash that goes with the ID token's algorithm (section 3.1.3.6). */
function accessTokenHash(keyring: Keyring, accessToken: string): string {
  const isCurrent = ({ purpose, state }: KeyFacts) => purpose === 'signing' && state === 'current';
  const { algorithm } = keyring.list().find(isCurrent) ?? {};
  // Ed25519 hashes with SHA-512, our other algorithms with SHA-256.
  const digest = hash(algorithm === 'EdDSA' ? 'sha512' : 'sha256', accessToken, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
