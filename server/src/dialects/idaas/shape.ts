/**
 * The session token, and the ticket after its prefix: 32 letters and digits.
 *
 * One number of 190 bits in base 62, which has room for half a bit more: numbers beyond 190 bits are
 * no token. A ticket has no generation, and a wider slot and check instead.
 */

import type { Token } from '../../sessions/token.ts';
import { packTight, type Room, unpackTight } from '../packed.ts';
import type { Shape } from '../shapes.ts';

export const KIND = 'idaas';
export const TICKET_KIND = 'idaas/ticket';

const ROOM: Room = { slot: 8, generation: 16, check: 3, mac: 80 };
const TICKET_ROOM: Room = { slot: 16, generation: 0, check: 11, mac: 80 };
const TICKET_PREFIX = 'ssoTicket-';

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
  write: (token) => letters(packTight(token, ROOM)),
  read: (text) => tokenOf(KIND, text, ROOM),
};

/** The single sign-on ticket. */
export const TICKET: Shape = {
  write: (token) => TICKET_PREFIX + letters(packTight(token, TICKET_ROOM)),
  read(text) {
    if (!text.startsWith(TICKET_PREFIX)) return undefined;
    return tokenOf(TICKET_KIND, text.slice(TICKET_PREFIX.length), TICKET_ROOM);
  },
};

function letters(packed: bigint): string {
  let rest = packed;
  let text = '';
  for (let at = 0; at < LENGTH; at++) {
    text = ALPHABET.charAt(Number(rest % BASE)) + text;
    rest /= BASE;
  }
  return text;
}

function tokenOf(kind: string, text: string, room: Room): Token | undefined {
  if (!PATTERN.test(text)) return undefined;
  let packed = 0n;
  for (const letter of text) packed = packed * BASE + (VALUES.get(letter) ?? 0n);
  return packed >> BITS === 0n ? unpackTight(kind, packed, room) : undefined;
}
