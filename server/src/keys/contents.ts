/** Owns what the keyring's row holds once it is opened. */

import type { JsonWebKey } from 'node:crypto';
import type { MacKeyId, SigningAlgorithm } from './keyring.ts';

/** Keys of one purpose at most: the MAC keys' numbers are 0 to 7. */
export const KEYS_LIMIT = 8;

/** Times in epoch milliseconds. */
export interface KeyTimes {
  readonly createdAt: number;
  /** When a newer key became current; null in the current key. */
  readonly supersededAt: number | null;
}

export interface StoredMacKey extends KeyTimes {
  readonly id: MacKeyId;
  /** 32 bytes, base64url. */
  readonly secret: string;
}

export interface StoredSigningKey extends KeyTimes {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  /** The private key, JWK. */
  readonly jwk: JsonWebKey;
}

/** Every list ends with its current key. */
export interface KeyringContents {
  readonly mac: readonly StoredMacKey[];
  readonly signing: readonly StoredSigningKey[];
}
