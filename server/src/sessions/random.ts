/**
 * Randomness: the only place where the server draws any.
 */

import { randomBytes } from 'node:crypto';

export interface Random {
  /** That many bytes from a cryptographically secure generator (ASVS 5.0, 7.2.3). */
  bytes(count: number): Buffer;
}

export const systemRandom: Random = { bytes: (count) => randomBytes(count) };
