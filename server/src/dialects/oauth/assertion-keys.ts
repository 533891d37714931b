/**
 * Assertion keys: what the assertions of a client are checked with.
 */

import { createSecretKey, type KeyObject } from 'node:crypto';
import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from 'jose';

/** Signatures that need a private key. */
export const ASYMMETRIC: readonly string[] = [
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'],
];

/** Signatures with a secret that both sides know. */
export const SYMMETRIC: readonly string[] = ['HS256', 'HS384', 'HS512'];

export interface AssertionKeys {
  readonly algorithms: readonly string[];
  readonly verify: (assertion: string, options: VerifyOptions) => Promise<JWTPayload>;
}

type VerifyOptions = Parameters<typeof jwtVerify>[2];

/** Assertions under one of a client's public keys. */
export function publicKeys(jwks: JSONWebKeySet): AssertionKeys {
  const resolve = createLocalJWKSet(jwks);
  return {
    algorithms: ASYMMETRIC,
    async verify(assertion, options) {
      try {
        return (await jwtVerify(assertion, resolve, options)).payload;
      } catch (error) {
        if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
        return await anyOf(error, (key) => jwtVerify(assertion, key, options));
      }
    },
  };
}

/** Assertions under a client's secret, which is kept for that as a key that nobody can print. */
export function secretKey(secret: string): AssertionKeys {
  const key: KeyObject = createSecretKey(secret, 'utf8');
  return {
    algorithms: SYMMETRIC,
    verify: async (assertion, options) => (await jwtVerify(assertion, key, options)).payload,
  };
}

/** What the first of several keys that fits makes of an assertion. */
async function anyOf(
  keys: AsyncIterable<CryptoKey>,
  verify: (key: CryptoKey) => Promise<{ readonly payload: JWTPayload }>,
): Promise<JWTPayload> {
  let fault: unknown;
  for await (const key of keys) {
    try {
      return (await verify(key)).payload;
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}
