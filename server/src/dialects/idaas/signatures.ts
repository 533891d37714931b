/**
 * Signatures: a session token that the application has encrypted for the server (RSA-OAEP with
 * SHA-256, base64), with the time and a nonce beside it. Huawei calls that signing.
 */

import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
} from 'node:crypto';
import type { Clock } from '../../sessions/clock.ts';
import type { Config } from './config.ts';

/** How far the time in a signature may be from ours, in milliseconds. */
const SKEW_MS = 300_000;

export interface Signatures {
  /** The application's public key: SubjectPublicKeyInfo in base64; undefined when it has none. */
  publicKey(client: string): string | undefined;
  /** The session token in it; undefined when it is not for this application, or not of now. */
  read(client: string, signature: string): string | undefined;
}

export function createSignatures({ tenant_clients }: Config, clock: Clock): Signatures {
  const keys = new Map<string, KeyObject>();
  for (const { client_id, private_key } of tenant_clients) {
    if (private_key !== undefined) keys.set(client_id, createPrivateKey(private_key));
  }

  return {
    publicKey(client) {
      const key = keys.get(client);
      return key && createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
    },

    read(client, signature) {
      const key = keys.get(client);
      const data = key && new URLSearchParams(decrypted(key, signature));
      if (!data?.get('nonce')) return undefined;
      const timestamp = Number(data.get('timestamp') ?? Number.NaN);
      const isOfNow = Math.abs(timestamp - clock.now()) <= SKEW_MS;
      return isOfNow ? (data.get('session_token') ?? undefined) : undefined;
    },
  };
}

/** Empty for what cannot be decrypted. */
function decrypted(key: KeyObject, signature: string): string {
  try {
    const options = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
    return privateDecrypt(options, Buffer.from(signature, 'base64')).toString('latin1');
  } catch {
    return '';
  }
}
