/**
 * Peers: what one dialect may ask of the others without knowing them.
 */

import type { Dialect, Services } from './dialect.ts';

export interface Peers extends Pick<Services, 'readSessionToken' | 'credential'> {
  /** Makes a dialect known to the others; hands it back. */
  join(dialect: Dialect): Dialect;
}

export function openPeers(): Peers {
  const dialects = new Map<string, Dialect>();
  return {
    join(dialect) {
      dialects.set(dialect.name, dialect);
      return dialect;
    },
    readSessionToken(text) {
      for (const dialect of dialects.values()) {
        const token = dialect.readSessionToken?.(text);
        if (token) return token;
      }
      return undefined;
    },
    credential: async (name, session, ask) => dialects.get(name)?.credential(session, ask),
  };
}
