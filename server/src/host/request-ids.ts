/** Ids of requests: 96 random bits each, in base64url. */

import type { Random } from '../sessions/random.ts';

const ID_BYTES = 12;

/** Drawn together: one call of the generator costs as much as hundreds of ids. */
const TOGETHER = 256;

export function createRequestIds(random: Random): () => string {
  let drawn: Buffer = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at >= drawn.length) {
      drawn = random.bytes(ID_BYTES * TOGETHER);
      at = 0;
    }
    at += ID_BYTES;
    return drawn.toString('base64url', at - ID_BYTES, at);
  };
}
