/** Owns where a client comes from, for whatever is counted or shared by address. */

import { isIPv6 } from 'node:net';

/**
 * The address itself, or the first 64 bits of an IPv6 address: those are one customer's, who has as
 * many addresses behind them as they like, and another one every day (RFC 6177, RFC 8981).
 */
export function networkOf(address: string): string {
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return address;
  const [before = '', after] = bare.split('::');
  const head = groupsOf(before);
  const tail = groupsOf(after ?? '');
  const zeros = after === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [...head, ...Array<number>(zeros).fill(0), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** A last part in dots is two groups (RFC 4291, section 2.2). */
function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text
    .split(':')
    .flatMap((group) => (group.includes('.') ? [0, 0] : [Number.parseInt(group, 16)]));
}
