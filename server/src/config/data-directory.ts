/**
 * Where what is kept lies: the data directory, or the database that stands in its place.
 */

import { existsSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from './load.ts';

/** The rows of the embedded store. */
export function storeDirectory(data: string): string {
  return path.join(data, 'store');
}

/**
 * The URL of the database, undefined where nobody says.
 *
 * @param given From the environment; comes before the config.
 * @throws what reading the file throws.
 */
export async function databaseUrl(
  { store }: Pick<Config, 'store'>,
  given: string | undefined,
): Promise<string | undefined> {
  if (given !== undefined || store.url_file === undefined) return given ?? store.url;
  return (await readFile(store.url_file, 'utf8')).trim();
}

/** A directory that is in use. */
export interface HeldDirectory {
  /** @throws Error when it is gone, or another one stands under its name. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** A store goes on reading and writing files that somebody has moved away; whoever watches must know. */
export async function holdDirectory(directory: string): Promise<HeldDirectory> {
  const handle = await open(directory);
  return {
    async check() {
      const [held, there] = await Promise.all([handle.stat(), stat(directory)]);
      if (held.ino === there.ino && held.dev === there.dev) return;
      throw new Error(`${directory} is another directory than at the start`);
    },
    close: () => handle.close(),
  };
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
    // Every node on a database needs the same one, so none may make one of its own.
    create: named === undefined && store.type !== 'postgres' && !existsSync(storeDirectory(data)),
    isForgotten: store.type === 'memory' && text === undefined && named === undefined,
  };
}
