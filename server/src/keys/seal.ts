/** Owns the sealed form of the keyring's row: AES-256-GCM under the root secret. */

import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { deriveKey } from './derive.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = '1';

/** The root secret does not open the keyring: it is another one, or the row was damaged. */
export class WrongRootSecret extends Error {
  override readonly name = 'WrongRootSecret';

  constructor() {
    super(
      'The keyring in the store cannot be opened with this root secret. ' +
        'Check that the root secret is the one that this store was first started with, ' +
        'and that store and secret were restored from the same backup. ' +
        'Nothing was changed: a new keyring would sign everyone out.',
    );
  }
}

export interface Seal {
  /** `1.<nonce>.<ciphertext and tag>`, both base64url; a fresh nonce each time. */
  close(text: string): string;
  /** @throws WrongRootSecret */
  open(sealed: string): string;
}

/** `row` names the row, so that a value sealed for one row opens under no other. */
export function createSeal(
  rootSecret: KeyObject,
  row: string,
  random: (bytes: number) => Buffer,
): Seal {
  const key = createSecretKey(deriveKey(rootSecret, `lamplighter seal ${row}`));
  const associated = Buffer.from(`lamplighter ${FORMAT} ${row}`);
  const options = { authTagLength: TAG_BYTES };

  return {
    close(text) {
      const nonce = random(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, options).setAAD(associated);
      const sealed = Buffer.concat([
        cipher.update(text, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return `${FORMAT}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
    },

    open(sealed) {
      const [format, nonce = '', body = ''] = sealed.split('.');
      const bytes = Buffer.from(body, 'base64url');
      try {
        if (format !== FORMAT) throw new WrongRootSecret();
        const decipher = createDecipheriv(
          'aes-256-gcm',
          key,
          Buffer.from(nonce, 'base64url'),
          options,
        ).setAAD(associated);
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        const text = decipher.update(bytes.subarray(0, -TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        throw new WrongRootSecret();
      }
    },
  };
}
