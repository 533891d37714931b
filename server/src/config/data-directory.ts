/**
 * The data directory: where in it what is kept.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from './load.ts';

/** The rows of the embedded store. */
export function storeDirectory(data: string): string {
  return path.join(data, 'store');
}

/** Where a start gets the root secret from. */
export interface SecretSource {
  /** Comes before the file. */
  readonly text: string | undefined;
  readonly file: string;
  /** Whether it is made where there is none: a later start of an embedded store must find it. */
  readonly create: boolean;
  /** Whether one that nobody keeps will do, as for rows that nobody keeps. */
  readonly isForgotten: boolean;
}

/** @param text From the environment. */
export function rootSecretSource(
  { data, store, root_secret_file: named }: Config,
  text: string | undefined,
): SecretSource {
  return {
    text,
    file: named ?? path.join(data, 'root.secret'),
    create: named === undefined && !existsSync(storeDirectory(data)),
    isForgotten: store.type === 'memory' && text === undefined && named === undefined,
  };
}
