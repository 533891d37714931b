/**
 * Numbers for protocols whose ids are numbers.
 */

import { hash } from 'node:crypto';

/**
 * A number of 53 bits, which every JSON reader keeps exact.
 * @param name The same name has the same number for ever.
 */
export function numberOf(...name: readonly string[]): number {
  const digest = hash('sha256', JSON.stringify(name), 'buffer');
  return Number(digest.readBigUInt64BE() >> 11n);
}
