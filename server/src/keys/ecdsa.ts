/**
 * Owns the two spellings of a P-256 signature: OpenSSL's DER (RFC 3279 section 2.2.3), and R and S
 * side by side in 64 bytes as JWS has them (RFC 7518 section 3.4).
 *
 * node:crypto converts too (`dsaEncoding: 'ieee-p1363'`), but in Node 24 that costs as much as the
 * signature itself: 58 us instead of 28.
 */

const HALF = 32;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** `der` comes from OpenSSL: both lengths are of one byte. */
export function derToRaw(der: Buffer): Buffer {
  const raw = Buffer.alloc(2 * HALF);
  let at = 2;
  for (const end of [HALF, 2 * HALF]) {
    const start = at + 2;
    at = start + der.readUInt8(at + 1);
    // 33 bytes when a zero keeps the number positive, fewer than 32 when it is a small one.
    const digits = der.subarray(Math.max(start, at - HALF), at);
    digits.copy(raw, end - digits.length);
  }
  return raw;
}

/** Undefined when it is not of 64 bytes. */
export function rawToDer(raw: Buffer): Buffer | undefined {
  if (raw.length !== 2 * HALF) return undefined;
  const numbers = [integer(raw.subarray(0, HALF)), integer(raw.subarray(HALF))];
  const body = Buffer.concat(numbers);
  return Buffer.concat([Buffer.of(SEQUENCE, body.length), body]);
}

function integer(half: Buffer): Buffer {
  let start = 0;
  while (start < HALF - 1 && half[start] === 0) start++;
  const digits = half.subarray(start);
  const sign = half.readUInt8(start) >= 0x80 ? [0] : [];
  return Buffer.concat([Buffer.of(INTEGER, sign.length + digits.length, ...sign), digits]);
}
