/** Owns the password hash: argon2id (RFC 9106) in PHC strings, off the main thread. */

import { hash, parseOptions, verify } from '@node-rs/argon2';

/** What the local directory needs of a password hash; tests bring their own. */
export interface PasswordHashing {
  hash(password: Buffer): Promise<string>;
  verify(hashed: string, password: Buffer): Promise<boolean>;
  /** Whether a hash was made with other parameters than new ones are. */
  isOutdated(hashed: string): boolean;
  /** The hash of no password at all: checking it is the same work as checking a real one. */
  readonly dummy: string;
}

export interface Argon2Parameters {
  /** Bytes, a whole number of KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;

export function argon2id({ memory, passes, lanes }: Argon2Parameters): PasswordHashing {
  const memoryKib = Math.ceil(memory / 1024);
  const options = {
    memoryCost: memoryKib,
    timeCost: passes,
    parallelism: lanes,
    outputLen: HASH_BYTES,
  };
  const zeros = (bytes: number) => Buffer.alloc(bytes).toString('base64').replaceAll('=', '');

  return {
    hash: (password) => hash(password, options),
    verify: (hashed, password) => verify(hashed, password),

    isOutdated(hashed) {
      const found = parseOptions(hashed);
      return (
        found.memoryCost !== memoryKib || found.timeCost !== passes || found.parallelism !== lanes
      );
    },

    dummy:
      `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}` +
      `$${zeros(SALT_BYTES)}$${zeros(HASH_BYTES)}`,
  };
}
