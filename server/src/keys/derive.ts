/** Owns how the root secret is used: never itself, always as one derived key for each named use. */

import { hkdfSync, type KeyObject } from 'node:crypto';

/** Bytes of the root secret, at least, and of every symmetric key. */
export const KEY_BYTES = 32;

/** HKDF-SHA-256 (RFC 5869), no salt: the root secret is uniform already. 32 bytes. */
export function deriveKey(rootSecret: KeyObject, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', rootSecret, '', info, KEY_BYTES));
}
