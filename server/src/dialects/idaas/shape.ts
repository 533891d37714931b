/**
 * The session token: 32 letters and digits.
 *
 * One number of 190 bits (key 3, id 80, slot 8, generation 16, check 3, MAC 80) in base 62, which
 * has room for half a bit more: numbers beyond 190 bits are no token.
 */

import type { Token } from '../../sessions/token.ts';
import { packTight, type Room, unpackTight } from '../packed.ts';
import type { Shape } from '../shapes.ts';

export const KIND = 'idaas';

const ROOM: Room = { slot: 8, generation: 16, check: 3, mac: 80 };

/** The last slot of a record that a session token can stand for. */
export const SLOT_LAST = 2 ** ROOM.slot - 1;

/** The last generation that a session token can be of: a week of one every 9 seconds. */
export const GENERATION_LAST = 2 ** ROOM.generation - 1;

const BITS = 190n;
const LENGTH = 32;
const PATTERN = /^[0-9A-Za-z]{32}$/;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, BigInt(value)] as const));
const BASE = BigInt(ALPHABET.length);

/** Writing throws RangeError beyond SLOT_LAST and GENERATION_LAST. */
export const SESSION_TOKEN: Shape = {
  write(token) {
    let rest = packTight(token, ROOM);
    let text = '';
    for (let at = 0; at < LENGTH; at++) {
      text = ALPHABET.charAt(Number(rest % BASE)) + text;
      rest /= BASE;
    }
    return text;
  },

  read(text): Token | undefined {
    if (!PATTERN.test(text)) return undefined;
    let packed = 0n;
    for (const letter of text) packed = packed * BASE + (VALUES.get(letter) ?? 0n);
    return packed >> BITS === 0n ? unpackTight(KIND, packed, ROOM) : undefined;
  },
};
