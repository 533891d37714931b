/**
 * Holders of DPoP keys, as clients are.
 */

import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { BASE } from './oauth.testing.ts';

export interface ProofAsk {
  readonly method?: string;
  /** Below the realm. */
  readonly path?: string;
  /** The access token that comes along. */
  readonly token?: string;
  /** Instead of the right claims, or beside them. */
  readonly claims?: JWTPayload;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** @param now In milliseconds. */
export async function openHolder(now: () => number, alg = 'ES256', modulusLength = 2048) {
  const options = { extractable: true, modulusLength };
  const { publicKey, privateKey } = await generateKeyPair(alg, options);
  const jwk = await exportJWK(publicKey);
  const jkt = await calculateJwkThumbprint(jwk);
  let count = 0;

  const proof = (ask: ProofAsk = {}) => {
    const { method = 'POST', path = '/access_token', token, claims, header } = ask;
    const ath = token && createHash('sha256').update(token).digest('base64url');
    const payload = {
      jti: `${jkt}-${count++}`,
      htm: method,
      htu: `http://127.0.0.1:8080${BASE}${path}`,
      iat: Math.floor(now() / 1000),
      ...(ath && { ath }),
      ...claims,
    };
    return new SignJWT(payload)
      .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk, ...header })
      .sign(privateKey);
  };
  const headers = async (ask?: ProofAsk) => ({ DPoP: await proof(ask) });
  return { jwk, jkt, privateJwk: await exportJWK(privateKey), proof, headers };
}
