/** Owns the keyring's row: one row of the store, written whole and sealed. */

import type { KeyObject } from 'node:crypto';
import {
  ABSENT,
  type CommitResult,
  type Store,
  StoreFault,
  type Version,
} from '../stores/store.ts';
import type { KeyringContents } from './contents.ts';
import { createSeal } from './seal.ts';

const KEY = 'keyring';

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
