/**
 * The data directory: where in it what is kept.
 */

import path from 'node:path';

/** The rows of the embedded store. */
export function storeDirectory(data: string): string {
  return path.join(data, 'store');
}

/** The root secret, unless an option names another file. */
export function rootSecretFile(data: string): string {
  return path.join(data, 'root.secret');
}
