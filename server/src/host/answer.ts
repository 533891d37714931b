/** Writes an answer to the wire, its headers to the letter: Fastify would rewrite some. */

import type { ServerResponse } from 'node:http';
import type { WireAnswer } from '../dialects/dialect.ts';

/** What a header's value cannot hold (RFC 9110, section 5.5). */
const UNFIT = /[^\t\x20-\x7e\x80-\xff]/gu;

export interface WriteOptions {
  readonly isHead: boolean;
  /** Whether to end the connection with it. */
  readonly closes: boolean;
  /** The methods that the path has, where the answer must name them (RFC 9110, 15.5.6). */
  readonly allow: string | undefined;
}

export function writeAnswer(
  response: ServerResponse,
  { status, headers, body }: WireAnswer,
  { isHead, closes, allow }: WriteOptions,
): void {
  const head: string[] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name] ?? '';
    if (typeof value === 'string') head.push(name, fit(value));
    else for (const each of value) head.push(name, fit(each));
  }
  if (allow !== undefined && !head.some((each) => each.toLowerCase() === 'allow')) {
    head.push('Allow', allow);
  }
  if (closes) head.push('Connection', 'close');
  const hasBody = status >= 200 && status !== 204 && status !== 304;
  if (hasBody) head.push('Content-Length', String(Buffer.byteLength(body)));
  response.writeHead(status, head);
  if (hasBody && !isHead) response.end(body);
  else response.end();
}

/** Line ends and other controls become visible and harmless: `%0D%0A`. */
function fit(value: string): string {
  return value.search(UNFIT) < 0
    ? value
    : value.toWellFormed().replace(UNFIT, (each) => encodeURIComponent(each));
}
