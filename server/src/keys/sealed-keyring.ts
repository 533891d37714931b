/** Owns the keyring in use: opened from its row, rotated by compare-and-swap. */

import { createSecretKey } from 'node:crypto';
import type { Store } from '../stores/store.ts';
import type { KeyFacts, Keyring, MacKeyId } from './keyring.ts';
import { type MacKeys, openMacKeys } from './mac-keys.ts';
import { deriveKey, KEY_BYTES } from './root-secret.ts';
import { type RotationRules, withNewKey } from './rotation.ts';
import {
  type KeyringContents,
  openKeyringRow,
  type StoredMacKey,
  type StoredSigningKey,
  type VersionedContents,
} from './row.ts';
import { openSigningKey, type SigningKey } from './signing-keys.ts';

/** With several processes `tokenLifeMs` includes the time that one may take to `reload`. */
export interface KeyringOptions extends RotationRules {
  readonly store: Store;
  /** From `readRootSecret`; 32 bytes or more. */
  readonly rootSecret: Buffer;
}

export interface SealedKeyring extends Keyring {
  /** Whether it was made just now: nothing that was handed out before is good any more. */
  readonly isNew: boolean;
  /** Takes over what another process has rotated. @throws WrongRootSecret, StoreFault */
  reload(): Promise<void>;
}

/** The keys of one version of the row, ready for use. */
interface Ring extends VersionedContents {
  readonly macKeys: MacKeys;
  readonly currentMacKey: MacKeyId;
  readonly signingKeys: readonly SigningKey[];
  readonly currentSigningKey: SigningKey;
}

/**
 * Makes the keyring at the first start.
 * @throws WrongRootSecret when the store's keyring was sealed under another secret.
 */
export async function openKeyring(options: KeyringOptions): Promise<SealedKeyring> {
  if (options.rootSecret.length < KEY_BYTES) throw new RangeError('the root secret is too short');
  const rootSecret = createSecretKey(options.rootSecret);
  const row = openKeyringRow(options.store, rootSecret, options.random);

  let isNew = false;
  let ring = openRing(
    await row.readOrMake(async () => {
      isNew = true;
      const empty = { mac: [], signing: [] };
      return withNewKey(await withNewKey(empty, 'mac', options), 'signing', options);
    }),
  );

  /** Never back to an older version: a slow read may end behind a rotation. */
  function adopt(found: VersionedContents): void {
    if (found.version > ring.version) ring = openRing(found);
  }

  return {
    isNew,
    currentMacKey: () => ring.currentMacKey,
    mac: (id, label, data) => ring.macKeys.mac(id, label, data),
    derive: (use) => deriveKey(rootSecret, `lamplighter use ${use}`),
    sign: (claims, typ) => ring.currentSigningKey.sign(claims, typ),

    verify(jws, typ) {
      for (const key of ring.signingKeys) {
        const claims = key.verify(jws, typ);
        if (claims !== undefined) return claims;
      }
      return undefined;
    },

    publicKeys: () => ({ keys: ring.signingKeys.map((key) => key.publicJwk) }),
    list: () => factsOf(ring.contents),

    async rotate(purpose) {
      for (;;) {
        const seen = await row.read();
        const contents = await withNewKey(seen.contents, purpose, options);
        const rotated = await row.replace(seen.version, contents);
        if (rotated === undefined) continue; // another rotation was faster: follow it
        adopt(rotated);
        return currentOf(factsOf(contents).filter((key) => key.purpose === purpose));
      }
    },

    reload: async () => adopt(await row.read()),
  };
}

function openRing(found: VersionedContents): Ring {
  const { mac, signing } = found.contents;
  const signingKeys = signing.map(openSigningKey);
  return {
    ...found,
    macKeys: openMacKeys(mac),
    currentMacKey: currentOf(mac).id,
    signingKeys,
    currentSigningKey: currentOf(signingKeys),
  };
}

function factsOf({ mac, signing }: KeyringContents): readonly KeyFacts[] {
  return [...mac.map(macFacts), ...signing.map(signingFacts)];
}

function macFacts({ id, createdAt, supersededAt }: StoredMacKey): KeyFacts {
  const state = supersededAt === null ? 'current' : 'verifying';
  return { id: String(id), purpose: 'mac', algorithm: 'HS256', createdAt, state };
}

function signingFacts({ kid, algorithm, createdAt, supersededAt }: StoredSigningKey): KeyFacts {
  const state = supersededAt === null ? 'current' : 'verifying';
  return { id: kid, purpose: 'signing', algorithm, createdAt, state };
}

/** The last one: every list of keys ends with its current key. */
function currentOf<Key>(keys: readonly Key[]): Key {
  const current = keys.at(-1);
  if (current === undefined) throw new Error('a keyring without a current key');
  return current;
}
