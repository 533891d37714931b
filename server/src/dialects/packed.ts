/**
 * A token in as few bits as its shape has room for: one number, its fields side by side.
 */

import { ID_BYTES } from '../sessions/ids.ts';
import { CHECK_BITS, MAC_BYTES, type Token } from '../sessions/token.ts';
import { packToken, unpackToken, WIDE_BYTES } from './shapes.ts';

/** Bits of the fields that a shape may cut. Key and id take 3 and 80 bits, always. */
export interface Room {
  readonly slot: number;
  readonly generation: number;
  /** Of the keyed check, which keeps its first bits. */
  readonly check: number;
  /** Of the MAC, which keeps its first bits; whole bytes. */
  readonly mac: number;
}

const ID_BITS = 8 * ID_BYTES;
const MAC_BITS = 8 * MAC_BYTES;

/** Bits of key, id, slot, generation, check and MAC as `packToken` writes them. */
const WIDE: readonly number[] = [8, ID_BITS, 16, 32, CHECK_BITS, MAC_BITS];

/**
 * @param token As it was derived, or as `unpackTight` gave it with the same room.
 * @throws RangeError when slot or generation needs more room than there is.
 */
export function packTight(token: Token, room: Room): bigint {
  const check = (token.check << (CHECK_BITS - token.checkBits)) >>> 0;
  const bytes = packToken({ ...token, check });
  const wide = split(BigInt(`0x${bytes.toString('hex')}`), WIDE);
  return join(
    wide.map((field, at) => field >> lostBits(room, at)),
    tight(room),
  );
}

/** @param packed Less than two to the power of all the bits together. */
export function unpackTight(kind: string, packed: bigint, room: Room): Token | undefined {
  const fields = split(packed, tight(room)).map((field, at) => field << lostBits(room, at));
  const hex = join(fields, WIDE)
    .toString(16)
    .padStart(2 * WIDE_BYTES, '0');
  const token = unpackToken(kind, Buffer.from(hex, 'hex'));
  return (
    token && {
      ...token,
      check: token.check >>> (CHECK_BITS - room.check),
      checkBits: room.check,
      mac: token.mac.subarray(0, room.mac / 8),
    }
  );
}

function tight({ slot, generation, check, mac }: Room): readonly number[] {
  return [3, ID_BITS, slot, generation, check, mac];
}

/** Check and MAC are cut at their end; numbers have nothing there to lose. */
function lostBits({ check, mac }: Room, at: number): bigint {
  return BigInt([0, 0, 0, 0, CHECK_BITS - check, MAC_BITS - mac][at] ?? 0);
}

function join(fields: readonly bigint[], widths: readonly number[]): bigint {
  return fields.reduce((joined, field, at) => {
    const width = BigInt(widths[at] ?? 0);
    if (field >> width !== 0n) throw new RangeError(`field ${at} needs more than ${width} bits`);
    return (joined << width) | field;
  }, 0n);
}

function split(joined: bigint, widths: readonly number[]): bigint[] {
  let rest = joined;
  return widths
    .toReversed()
    .map((width) => {
      const field = BigInt.asUintN(width, rest);
      rest >>= BigInt(width);
      return field;
    })
    .toReversed();
}
