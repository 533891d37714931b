/**
 * Secrets: comparing what a caller presents with what the config holds.
 */

import { hash, timingSafeEqual } from 'node:crypto';

/** Whether two secrets are equal, in a time that tells neither how nor where they differ. */
export function sameSecret(presented: string, expected: string): boolean {
  return timingSafeEqual(digest(presented), digest(expected));
}

function digest(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
