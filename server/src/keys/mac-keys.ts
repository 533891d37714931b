/** Owns the MAC keys in use: HMAC-SHA-256 under a subkey for each label. */

import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { MacKeyId } from './keyring.ts';
import type { StoredMacKey } from './row.ts';

/** Labels are constants of the program. This many say that somebody made one out of data. */
const LABELS_LIMIT = 100;

interface MacKey {
  readonly secret: KeyObject;
  readonly subkeys: Map<string, KeyObject>;
}

export interface MacKeys {
  mac(id: MacKeyId, label: string, data: Buffer): Buffer | undefined;
}

export function openMacKeys(stored: readonly StoredMacKey[]): MacKeys {
  const keys: (MacKey | undefined)[] = [];
  for (const { id, secret } of stored) {
    keys[id] = {
      secret: createSecretKey(Buffer.from(secret, 'base64url')),
      subkeys: new Map(),
    };
  }

  return {
    // The hot path: one HMAC, everything else is a look-up.
    mac(id, label, data) {
      const key = keys[id];
      if (key === undefined) return undefined;
      return hmac(key.subkeys.get(label) ?? addSubkey(key, label), data);
    },
  };
}

function addSubkey(key: MacKey, label: string): KeyObject {
  if (key.subkeys.size >= LABELS_LIMIT) throw new RangeError('a MAC label must be a constant');
  const subkey = createSecretKey(hmac(key.secret, Buffer.from(label)));
  key.subkeys.set(label, subkey);
  return subkey;
}

function hmac(key: KeyObject, data: Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
