/**
 * How a session token looks in AM: `<27 letters>.*<base64 with '.' for '='>*`.
 *
 * The first part holds the check and the MAC, the second the name of the token behind the bytes that
 * AM puts there, so that what recognises an AM token recognises ours. Clients take `eyJ` anywhere in
 * it for the JWT of a client-side session: a mask keeps these three letters out.
 */

import type { Token } from '../../sessions/token.ts';
import { packToken, type Shape, unpackToken } from '../shapes.ts';

export const KIND = 'forgerock';

/** `SI`, `01` and `SK`, each after its length: AM's site and storage key. */
const LEAD = 'AAJTSQACMDEAAlNL';

/** Key, id, slot and generation; the check and the MAC follow. */
const NAME_BYTES = 17;

const PATTERN = new RegExp(`^([\\w-]{27})\\.\\*${LEAD}([\\w-]{23})\\.\\*$`);

/** The key's number leaves these bits of the first byte free. */
const MASK_BITS = 0xf8;
const MASK_STEP = 0x08;

export const shape: Shape = {
  write(token) {
    const packed = packToken(token);
    let text = spell(packed);
    for (let mask = MASK_STEP; text.includes('eyJ') && mask <= MASK_BITS; mask += MASK_STEP) {
      text = spell(masked(packed, mask));
    }
    return text;
  },

  read(text) {
    const [, proof, name] = PATTERN.exec(text) ?? [];
    if (proof === undefined || name === undefined) return undefined;
    const bytes = Buffer.concat([Buffer.from(name, 'base64url'), Buffer.from(proof, 'base64url')]);
    const token: Token | undefined = unpackToken(
      KIND,
      masked(bytes, bytes.readUInt8() & MASK_BITS),
    );
    // Base64 leaves spare bits, and a mask may not be the first that will do.
    return token && shape.write(token) === text ? token : undefined;
  },
};

function spell(bytes: Buffer): string {
  const proof = bytes.toString('base64url', NAME_BYTES);
  const name = bytes.toString('base64url', 0, NAME_BYTES);
  return `${proof}.*${LEAD}${name}.*`;
}

function masked(bytes: Buffer, mask: number): Buffer {
  return mask === 0 ? bytes : Buffer.from(bytes.map((byte) => byte ^ mask));
}
