/**
 * Any token at all, and what every shape must make of it: for the tests of shapes.
 */

import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { ID_BYTES, idFromBytes } from '../sessions/ids.ts';
import { CHECK_BITS, MAC_BYTES, type Token } from '../sessions/token.ts';
import { packToken, type Shape } from './shapes.ts';

export const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

/** Any token of that kind, whole, as `sessions` derives it. */
export function anyToken(
  kind: string,
  { slot = 0xffff, generation = 0xffff_ffff }: { slot?: number; generation?: number } = {},
): fc.Arbitrary<Token> {
  return fc.record(
    {
      kind: fc.constant(kind),
      id: bytes(ID_BYTES).map(idFromBytes),
      slot: fc.integer({ min: 0, max: slot }),
      generation: fc.integer({ min: 0, max: generation }),
      keyId: fc.integer({ min: 0, max: 7 }),
      check: fc.integer({ min: 0, max: 0xffff_ffff }),
      checkBits: fc.constant(CHECK_BITS),
      mac: bytes(MAC_BYTES).map((mac) => Buffer.from(mac)),
    },
    { noNullPrototype: true },
  );
}

/** What the wire leaves of a token where check and MAC are cut. */
export function cut(token: Token, checkBits: number, macBytes: number): Token {
  const check = token.check >>> (CHECK_BITS - checkBits);
  return { ...token, check, checkBits, mac: token.mac.subarray(0, macBytes) };
}

/** A changed letter makes a token unreadable, or another one. */
export function assertEachLetterCounts(shape: Shape, token: Token, letters: string): void {
  const text = shape.write(token);
  const packed = packToken(token);
  for (let at = 0; at < text.length; at++) {
    for (const letter of letters) {
      if (letter === text.charAt(at)) continue;
      const read = shape.read(text.slice(0, at) + letter + text.slice(at + 1));
      assert.ok(!read || !packToken(read).equals(packed));
    }
  }
}
