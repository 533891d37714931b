/**
 * Sealed values: what only this server can read or make, handed out and not stored.
 *
 * AES-256-GCM whose nonce is a MAC of what is sealed, as in AES-SIV (RFC 5297): the same value is
 * the same text each time, which retries need, and no nonce is ever used for two values.
 */

import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '../../keys/keyring.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface Seal {
  /** Letters, digits, `-` and `_`. */
  close(value: string): string;
  /** Undefined for whatever this seal has not closed, to the letter. */
  open(text: string): string | undefined;
}

/** @param use What is sealed; a value of one use is never taken for another. */
export function createSeal(keyring: Keyring, use: string): Seal {
  const key = keyring.derive(`${use} key`);
  const nonceKey = keyring.derive(`${use} nonce`);
  const nonceOf = (value: Buffer) =>
    createHmac('sha256', nonceKey).update(value).digest().subarray(0, NONCE_BYTES);

  return {
    close(value) {
      const plain = Buffer.from(value);
      const nonce = nonceOf(plain);
      const cipher = createCipheriv(CIPHER, key, nonce);
      const closed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, closed, cipher.getAuthTag()]).toString('base64url');
    },

    open(text) {
      const bytes = Buffer.from(text, 'base64url');
      // Base64url leaves spare bits at the end: only one spelling is ours.
      if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== text) {
        return undefined;
      }
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const closed = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
        const plain = Buffer.concat([decipher.update(closed), decipher.final()]);
        return timingSafeEqual(nonceOf(plain), nonce) ? plain.toString() : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
