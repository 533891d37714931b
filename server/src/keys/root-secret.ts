/**
 * Owns the root secret: where it comes from, a text or a file that only its owner can read, and how
 * it is used: never itself, always as one derived key for each named use.
 */

import { hkdfSync, type KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes of the root secret, at least, and of every symmetric key. */
export const KEY_BYTES = 32;

const HOW_TO_MAKE = 'openssl rand -base64 32';

/** The root secret cannot be used as it is; the message says what to do, and shows none of it. */
export class RootSecretRefusal extends Error {
  override readonly name = 'RootSecretRefusal';
}

export interface RootSecretSource {
  /** Comes before the file. Hex, base64, or base64url of at least 32 bytes. */
  readonly text?: string | undefined;
  /** Holds such a text. */
  readonly file: string;
  /** Whether to make the file when there is none. */
  readonly create: boolean;
  readonly random: (bytes: number) => Buffer;
}

/** At least 32 bytes. @throws RootSecretRefusal, and what the file system throws. */
export async function readRootSecret(source: RootSecretSource): Promise<Buffer> {
  const { text, file, create, random } = source;
  if (text !== undefined) return decode(text, 'The root secret');
  const found = (await readSecretFile(file)) ?? (create ? await makeFile(file, random) : undefined);
  if (found === undefined) {
    throw new RootSecretRefusal(
      `There is no root secret at ${file}. Restore it, or for a new store make one: ` +
        `(umask 077; ${HOW_TO_MAKE} > ${file})`,
    );
  }
  return decode(found, `The root secret in ${file}`);
}

/** HKDF-SHA-256 (RFC 5869), no salt: the root secret is uniform already. 32 bytes. */
export function deriveKey(rootSecret: KeyObject, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', rootSecret, '', info, KEY_BYTES));
}

async function readSecretFile(file: string): Promise<string | undefined> {
  try {
    await using handle = await open(file, constants.O_RDONLY);
    const { mode } = await handle.stat();
    // Windows has no such bits, and reports every file as readable by all.
    if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
      throw new RootSecretRefusal(
        `Others can read the root secret in ${file}. Run: chmod 600 ${file}`,
      );
    }
    return await handle.readFile('utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Whole and synced before it gets its name, which is given once: a crash leaves no half secret,
 * and of two processes that start together both read the same one.
 */
async function makeFile(
  file: string,
  random: (bytes: number) => Buffer,
): Promise<string | undefined> {
  const directory = dirname(file);
  const draft = `${file}.${random(8).toString('hex')}.new`;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeDraft(draft, `${random(KEY_BYTES).toString('base64url')}\n`);
    await link(draft, file);
  } catch (error) {
    // The system's own words may name no file: `ENOSPC: no space left on device, write`.
    if (!hasCode(error, 'EEXIST')) {
      throw new RootSecretRefusal(
        `A root secret cannot be made at ${file}: ${error instanceof Error ? error.message : error}`,
      );
    }
  } finally {
    await rm(draft, { force: true });
  }
  await syncDirectory(directory);
  return readSecretFile(file);
}

async function writeDraft(draft: string, text: string): Promise<void> {
  await using handle = await open(draft, 'wx', 0o600);
  await handle.writeFile(text);
  await handle.sync();
}

async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return; // cannot open one
  await using handle = await open(directory, constants.O_RDONLY);
  await handle.sync();
}

function decode(text: string, what: string): Buffer {
  const trimmed = text.trim();
  const bytes = decodeBytes(trimmed);
  if (bytes === undefined) {
    throw new RootSecretRefusal(
      `${what} is not hex, base64, or base64url. Make one: ${HOW_TO_MAKE}`,
    );
  }
  if (bytes.length < KEY_BYTES) {
    throw new RootSecretRefusal(
      `${what} has ${bytes.length} bytes and needs ${KEY_BYTES}. Make one: ${HOW_TO_MAKE}`,
    );
  }
  return bytes;
}

/** Hex first: a text of hex digits is base64 too, of more bytes than were meant. */
function decodeBytes(text: string): Buffer | undefined {
  if (/^[0-9a-f]+$/i.test(text)) {
    return text.length % 2 === 0 ? Buffer.from(text, 'hex') : undefined;
  }
  const isBase64 = /^([0-9A-Za-z+/]*|[0-9A-Za-z_-]*)={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, 'base64') : undefined;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
