/** Owns the keyring's row: what is in it, and how it is sealed and replaced, whole each time. */

import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import {
  ABSENT,
  type CommitResult,
  type Store,
  StoreFault,
  type Version,
} from '../stores/store.ts';
import type { MacKeyId, SigningAlgorithm } from './keyring.ts';
import { deriveKey } from './root-secret.ts';

const KEY = 'keyring';

/** The sealed form is AES-256-GCM under a key of the root secret's. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = '1';

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

export interface VersionedContents {
  readonly version: Version;
  readonly contents: KeyringContents;
}

export interface KeyringRow {
  /** @throws WrongRootSecret; StoreFault when the row is not there any more. */
  read(): Promise<VersionedContents>;
  /** What is there already, or else what `make` makes. @throws WrongRootSecret, StoreFault */
  readOrMake(make: () => Promise<KeyringContents>): Promise<VersionedContents>;
  /** Replaces the version that was seen. Undefined when another process was faster. */
  replace(saw: Version, contents: KeyringContents): Promise<VersionedContents | undefined>;
}

export function openKeyringRow(
  store: Store,
  rootSecret: KeyObject,
  random: (bytes: number) => Buffer,
): KeyringRow {
  const seal = createSeal(rootSecret, KEY, random);

  async function find(): Promise<VersionedContents | undefined> {
    const [row] = await store.read([KEY]);
    return row && { version: row.version, contents: JSON.parse(seal.open(row.value)) };
  }

  async function read(): Promise<VersionedContents> {
    const found = await find();
    if (found === undefined) throw new StoreFault('the keyring has vanished from the store');
    return found;
  }

  async function replace(saw: Version, contents: KeyringContents) {
    const value = seal.close(JSON.stringify(contents));
    const result: CommitResult = await store.commit([
      { type: 'put', key: KEY, saw, value, indexes: { subject: null, due: null } },
    ]);
    return result === 'committed' ? { version: saw + 1, contents } : undefined;
  }

  return {
    read,
    replace,
    readOrMake: async (make) => (await find()) ?? (await replace(ABSENT, await make())) ?? read(),
  };
}

interface Seal {
  /** `1.<nonce>.<ciphertext and tag>`, both base64url; a fresh nonce each time. */
  close(text: string): string;
  /** @throws WrongRootSecret */
  open(sealed: string): string;
}

/** `row` names the row, so that a value sealed for one row opens under no other. */
function createSeal(rootSecret: KeyObject, row: string, random: (bytes: number) => Buffer): Seal {
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
