/** Who sent a request, and under which name they know us: proxies are believed if they are ours. */

import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';

export interface Client {
  readonly address: string;
  /** Scheme and authority; undefined when the Host header is none (RFC 9112, section 3.2). */
  readonly origin: string | undefined;
  /** DER of the client's certificate, as a proxy of ours says that it came over TLS. */
  readonly certificate: Buffer | undefined;
}

export type ClientOf = (request: IncomingMessage) => Client;

const AUTHORITY = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * @param proxies Addresses and networks, as the config has checked them.
 * @param certificateHeader In which they hand on the client's certificate; undefined for none.
 */
export function createClientOf(
  proxies: readonly string[],
  here: () => string,
  certificateHeader?: string,
): ClientOf {
  const trusted = blockList(proxies);
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

  return (request) => {
    const { headers } = request;
    const peer = withoutMapping(request.socket.remoteAddress ?? '');
    // HTTP/1.0 needs no Host.
    const host = headers.host ?? here();
    if (proxies.length === 0 || !isTrusted(peer)) {
      return { address: peer, origin: originOf('http', host), certificate: undefined };
    }
    const scheme = last(headers['x-forwarded-proto']) === 'https' ? 'https' : 'http';
    const forwarded = last(headers['x-forwarded-host']);
    return {
      address: senderOf(listed(headers['x-forwarded-for']), isTrusted) ?? peer,
      origin: originOf(scheme, forwarded ?? host),
      certificate: certificateIn(certificateHeader && headers[certificateHeader.toLowerCase()]),
    };
  };
}

function originOf(scheme: string, host: string): string | undefined {
  return AUTHORITY.test(host) ? `${scheme}://${host}` : undefined;
}

/** A byte sequence between colons (RFC 9440, section 2.1; RFC 8941, section 3.3.5). */
function certificateIn(header: string | readonly string[] | undefined): Buffer | undefined {
  const [, encoded] = /^ *:([A-Za-z0-9+/]+={0,2}): *$/.exec(String(header ?? '')) ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
}

/** The last address that no proxy of ours has: whatever stands before it anybody may have written. */
function senderOf(
  hops: readonly string[],
  isTrusted: (address: string) => boolean,
): string | undefined {
  let sender: string | undefined;
  for (const hop of hops.toReversed()) {
    const address = withoutMapping(hop);
    if (isIP(address) === 0) return sender;
    sender = address;
    if (!isTrusted(address)) return sender;
  }
  return sender;
}

function blockList(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** An IPv4 address that came over an IPv6 socket (RFC 4291, section 2.5.5.2). */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

function listed(header: string | readonly string[] | undefined): string[] {
  return String(header ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** What the nearest proxy has said. */
function last(header: string | readonly string[] | undefined): string | undefined {
  return listed(header).at(-1);
}
