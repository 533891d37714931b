/**
 * Shapes: how a token is written on the wire. Pure codecs; whether a token is genuine is not theirs
 * to say.
 *
 * A shape reads only what it would itself have written, to the letter.
 */

import { bytesFromId, ID_BYTES, idFromBytes } from '../sessions/ids.ts';
import { CHECK_BITS, MAC_BYTES, type Token } from '../sessions/token.ts';

export interface Shape {
  write(token: Token): string;
  /** Undefined for whatever this shape cannot have written. */
  read(text: string): Token | undefined;
}

const BODY_BYTES = 1 + ID_BYTES + 2 + 4;

/** What `packToken` writes. */
export const WIDE_BYTES = BODY_BYTES + CHECK_BITS / 8 + MAC_BYTES;

/** The token's fields in `WIDE_BYTES`: key, id, slot, generation, check, MAC. */
export function packToken(token: Token): Buffer {
  const bytes = Buffer.alloc(WIDE_BYTES);
  bytes.writeUInt8(token.keyId, 0);
  bytesFromId(token.id, bytes, 1);
  bytes.writeUInt16BE(token.slot, 1 + ID_BYTES);
  bytes.writeUInt32BE(token.generation, 3 + ID_BYTES);
  bytes.writeUInt32BE(token.check, BODY_BYTES);
  token.mac.copy(bytes, BODY_BYTES + CHECK_BITS / 8);
  return bytes;
}

export function unpackToken(kind: string, bytes: Buffer): Token | undefined {
  if (bytes.length !== WIDE_BYTES) return undefined;
  return {
    kind,
    keyId: bytes.readUInt8(0),
    id: idFromBytes(bytes.subarray(1)),
    slot: bytes.readUInt16BE(1 + ID_BYTES),
    generation: bytes.readUInt32BE(3 + ID_BYTES),
    check: bytes.readUInt32BE(BODY_BYTES),
    checkBits: CHECK_BITS,
    mac: bytes.subarray(BODY_BYTES + CHECK_BITS / 8),
  };
}

/**
 * The wide shape: a prefix that secret scanners can look for, then base64url.
 * @param prefix Such as `lamp_rt_`: letters, digits and `_`.
 */
export function prefixed(kind: string, prefix: string): Shape {
  const pattern = new RegExp(`^${prefix}[A-Za-z0-9_-]{50}$`);
  return {
    write: (token) => prefix + packToken(token).toString('base64url'),
    read(text) {
      if (!pattern.test(text)) return undefined;
      const bytes = Buffer.from(text.slice(prefix.length), 'base64url');
      // Base64url leaves spare bits at the end: only one spelling is ours.
      if (prefix + bytes.toString('base64url') !== text) return undefined;
      return unpackToken(kind, bytes);
    },
  };
}
