/** How a directory becomes an open database, and the words for every reason why it does not. */
import { mkdir, open, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { StoreFault } from '../store.ts';
import { FORMAT, FORMAT_KEY } from './rows.ts';

export type Level = ClassicLevel<string, string>;

/**
 * Bytes in memory before LevelDB writes a table, at most twice that: there the renewals of a row
 * fall together. Four times the default, which took 1.5 times the CPU time at 200,000 rows.
 */
const WRITE_BUFFER = 16 * 1024 * 1024;

/** @throws StoreFault when the directory cannot be this program's store. */
export async function openLevel(directory: string): Promise<Level> {
  try {
    await makeDirectory(directory);
    await refuseLostData(directory);
  } catch (error) {
    throw faultOf(directory, error);
  }
  const level: Level = new ClassicLevel(directory, { writeBufferSize: WRITE_BUFFER });
  try {
    await level.open();
    await claimFormat(level);
  } catch (error) {
    await level.close();
    throw faultOf(directory, error);
  }
  return level;
}

/** Says what happened to which directory, and to whom an operator should look. */
export function faultOf(directory: string, error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  const cause = causeOf(error);
  const store = `the level store in ${directory}`;
  const words: Readonly<Record<string, string>> = {
    LEVEL_LOCKED: `${store} is held by another process; a directory serves one at a time`,
    LEVEL_CORRUPTION: `${store} is damaged (${cause.message}); restore it from a backup`,
    EEXIST: `${store} cannot be opened: the path is a file, not a directory`,
    ENOTDIR: `${store} cannot be opened: a part of the path is a file, not a directory`,
  };
  const message = words[cause.code] ?? `${store} failed: ${cause.message}`;
  return new StoreFault(message, { cause: error });
}

/** The driver wraps the reason of a failed opening in an error that names none. */
function causeOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  if (error.cause instanceof Error) return causeOf(error.cause);
  const code = 'code' in error ? String(error.code) : '';
  return { code, message: error.message };
}

/** Whoever reads the rows knows who is signed in, so the directory is its owner's alone. */
async function makeDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  // A new directory survives a power cut once the one that names it is synced.
  for (let made = directory; ; made = dirname(made)) {
    const parent = await open(dirname(made), 'r');
    await parent.sync().finally(() => parent.close());
    if (made === first || made === dirname(made)) return;
  }
}

/** Without its CURRENT file LevelDB would begin a new database, and delete the files of the old. */
async function refuseLostData(directory: string): Promise<void> {
  const names = await readdir(directory);
  if (names.includes('CURRENT') || !names.some((name) => /^\d+\.(ldb|sst|log)$/.test(name))) return;
  throw new StoreFault(
    `the level store in ${directory} is damaged: it has no CURRENT file; restore it from a backup`,
  );
}

async function claimFormat(level: Level): Promise<void> {
  const format = await level.get(FORMAT_KEY);
  if (format === String(FORMAT)) return;
  if (format !== undefined) {
    throw new StoreFault(
      `the level store in ${level.location} has format ${format}, written by a newer program; ` +
        `this one knows ${FORMAT}`,
    );
  }
  const [stranger] = await level.keys({ limit: 1 }).all();
  if (stranger !== undefined) {
    throw new StoreFault(`the database in ${level.location} is not a store of this program`);
  }
  await level.put(FORMAT_KEY, String(FORMAT), { sync: true });
}
