/**
 * The pair (sessionId, sessionToken): one token in two UUIDs of version 4.
 *
 * Both together have 244 free bits: key 3, id 80, slot 16, check 25, MAC 120. The first UUID says
 * which session it is; the MAC, which nobody can guess, is in the second.
 */

import type { Token } from '../../sessions/token.ts';
import { packTight, type Room, unpackTight } from '../packed.ts';
import { bitsOfUuid, UUID_BITS, uuidOf } from '../uuid.ts';

/** Of the pairs that the portal hands out. */
export const KIND = 's360';

/** Of the pairs of child sessions: the same to look at, and no good where the other is asked for. */
export const CHILD_KIND = 's360/child';

export type PairKind = typeof KIND | typeof CHILD_KIND;

export interface Pair {
  readonly sessionId: string;
  readonly sessionToken: string;
}

/** A pair never rotates: no generation. */
const ROOM: Room = { slot: 16, generation: 0, check: 25, mac: 120 };

export function writePair(token: Token): Pair {
  const packed = packTight(token, ROOM);
  return {
    sessionId: uuidOf(packed >> BigInt(UUID_BITS)),
    sessionToken: uuidOf(BigInt.asUintN(UUID_BITS, packed)),
  };
}

/**
 * Undefined for whatever `writePair` cannot have written. Letter case says nothing in a UUID
 * (RFC 9562, section 4).
 */
export function readPair({ sessionId, sessionToken }: Pair, kind: PairKind): Token | undefined {
  const upper = bitsOfUuid(sessionId.toLowerCase());
  const lower = bitsOfUuid(sessionToken.toLowerCase());
  if (upper === undefined || lower === undefined) return undefined;
  return unpackTight(kind, (upper << BigInt(UUID_BITS)) | lower, ROOM);
}
