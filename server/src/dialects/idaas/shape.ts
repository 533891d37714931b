/**
 * The session token, and the ticket after its prefix: 32 letters and digits.
 *
 * One number of 190 bits in base 62, which has room for half a bit more: numbers beyond 190 bits are
 * no token.
 */

import type { Token } from '../../sessions/token.ts';
import { packTight, type Room, unpackTight } from '../packed.ts';
import type { Shape } from '../shapes.ts';

export const KIND = 'idaas';
export const TICKET_KIND = 'idaas/ticket';

const ROOM: Room = { slot: 8, generation: 16, check: 3, mac: 80 };
const TICKET_PREFIX = 'ssoTicket-';

/** A ticket has its number where a token has its slot, and its expiry for a generation. */
const TICKET_ROOM: Room = { slot: 15, generation: 12, check: 0, mac: 80 };

/** The last slot of a record that a session token can stand for. */
export const SLOT_LAST = 2 ** ROOM.slot - 1;

/** The last generation that a session token can be of: a week of one every 9 seconds. */
export const GENERATION_LAST = 2 ** ROOM.generation - 1;

/** How many numbers, and seconds of expiry, a ticket tells apart: more than it can live. */
export const TICKET_NUMBERS = 2 ** TICKET_ROOM.slot;
export const TICKET_EXPIRIES = 2 ** TICKET_ROOM.generation;

/** A single sign-on ticket as it is written. */
export interface Ticket extends Pick<Token, 'keyId' | 'id' | 'mac'> {
  readonly number: number;
  /** The last bits of the second at which it is over. */
  readonly expiry: number;
}

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

export const TICKET = {
  write({ number: slot, expiry: generation, ...rest }: Ticket): string {
    const token = { ...rest, kind: TICKET_KIND, slot, generation, check: 0, checkBits: 0 };
    return TICKET_PREFIX + letters(packTight(token, TICKET_ROOM));
  },
  /** Undefined for whatever `write` cannot have written. */
  read(text: string): Ticket | undefined {
    if (!text.startsWith(TICKET_PREFIX)) return undefined;
    const token = tokenOf(TICKET_KIND, text.slice(TICKET_PREFIX.length), TICKET_ROOM);
    if (!token) return undefined;
    const { keyId, id, slot: number, generation: expiry, mac } = token;
    return { keyId, id, number, expiry, mac };
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
