/**
 * Session ids: 80 random bits, written as 16 letters of Crockford's base 32, lower case.
 */

import type { SessionId } from '../engine/session.ts';

export const ID_BYTES = 10;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value] as const));
const PATTERN = /^[0-9a-hjkmnp-tv-z]{16}$/;

/** @param bytes Ten of them; more are left alone. */
export function idFromBytes(bytes: Uint8Array): SessionId {
  let id = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes.subarray(0, ID_BYTES)) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    for (; bits >= 5; bits -= 5) id += ALPHABET.charAt((held >> (bits - 5)) & 31);
  }
  return id;
}

/** The ten bytes of an id that `isSessionId` has accepted. */
export function bytesFromId(id: SessionId, target: Buffer, offset: number): void {
  let bits = 0;
  let held = 0;
  let at = offset;
  for (const letter of id) {
    held = ((held << 5) | (VALUES.get(letter) ?? 0)) & 0xffff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    target[at++] = (held >> bits) & 0xff;
  }
}

export function isSessionId(text: string): text is SessionId {
  return PATTERN.test(text);
}
