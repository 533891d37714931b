/**
 * UUIDs of version 4 (RFC 9562, section 5.4) as 122 free bits: 48, 12 and 62, around the version
 * and the variant.
 */

export const UUID_BITS = 122;

const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** @param bits Less than two to the power of 122. */
export function uuidOf(bits: bigint): string {
  const [first, middle, last] = [bits >> 74n, (bits >> 62n) & 0xfffn, BigInt.asUintN(62, bits)];
  const value = (((((first << 4n) | 4n) << 12n) | middle) << 64n) | (2n << 62n) | last;
  const hex = value.toString(16).padStart(32, '0');
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, at) => hex.slice(cuts[at], end))
    .join('-');
}

/** The free bits; undefined unless `uuidOf` writes this very text. */
export function bitsOfUuid(text: string): bigint | undefined {
  if (!PATTERN.test(text)) return undefined;
  const value = BigInt(`0x${text.replaceAll('-', '')}`);
  const middle = (value >> 64n) & 0xfffn;
  return ((value >> 80n) << 74n) | (middle << 62n) | BigInt.asUintN(62, value);
}
