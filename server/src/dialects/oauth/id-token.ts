/**
 * ID tokens (OpenID Connect Core 1.0, section 2).
 */

import { hash } from 'node:crypto';
import type { Grant, Session } from '../../engine/session.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { Times } from './times.ts';

const TYPE = 'JWT';

export interface IdTokenHint {
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
    auth_time: Math.floor(session.authenticatedAt / 1000),
    ...(nonce === undefined ? {} : { nonce }),
    sid: session.id,
    at_hash: accessTokenHash(accessToken),
  };
  return keyring.sign(claims, TYPE);
}

/** An ID token that this server once signed, expired ones included: it names the session. */
export function readIdToken(keyring: Keyring, text: string): IdTokenHint | undefined {
  const claims = keyring.verify(text, TYPE);
  if (typeof claims?.aud !== 'string' || typeof claims.sid !== 'string') return undefined;
  // Other dialects sign with the same keys; of theirs none has an access token's hash.
  return typeof claims.at_hash === 'string' ? { aud: claims.aud, sid: claims.sid } : undefined;
}

/** The left half of the hash that goes with the signature's algorithm (section 3.1.3.6). */
function accessTokenHash(accessToken: string): string {
  const [header = ''] = accessToken.split('.');
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg: string };
  // Ed25519 hashes with SHA-512, our other algorithms with SHA-256.
  const digest = hash(alg === 'EdDSA' ? 'sha512' : 'sha256', accessToken, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
