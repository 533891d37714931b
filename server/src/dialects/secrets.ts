/**
 * Secrets: comparing what a caller presents with what the config holds.
 */

import { hash, timingSafeEqual } from 'node:crypto';

/** Whether two secrets are equal, in a time that tells neither how nor where they differ. */
export function sameSecret(presented: string, expected: string): boolean {
  return timingSafeEqual(digest(presented), digest(expected));
}

/** Secrets of the config, each with the entry that it belongs to. */
export interface SecretSet<Entry> {
  /** Every entry whose secret that is; takes the same time for all, and for none. */
  entriesOf(presented: string): readonly Entry[];
}

/** Hashes the configured secrets here and once; a call then hashes what was presented alone. */
export function createSecretSet<Entry>(
  entries: readonly Entry[],
  secretOf: (entry: Entry) => string,
): SecretSet<Entry> {
  const known = entries.map((entry) => ({ entry, expected: digest(secretOf(entry)) }));
  return {
    entriesOf(presented) {
      const found = digest(presented);
      return known
        .filter(({ expected }) => timingSafeEqual(found, expected))
        .map(({ entry }) => entry);
    },
  };
}

function digest(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
