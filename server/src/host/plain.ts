/** What the host says itself, where no dialect can: problem details (RFC 9457). */

import type { Rejection, WireAnswer } from '../dialects/dialect.ts';

const PROBLEMS = {
  no_such_path: [404, 'Not Found'],
  method_not_allowed: [405, 'Method Not Allowed'],
  body_too_large: [413, 'Content Too Large'],
  headers_too_large: [431, 'Request Header Fields Too Large'],
  malformed_request: [400, 'Bad Request'],
  timed_out: [408, 'Request Timeout'],
  unavailable: [503, 'Service Unavailable'],
  internal_error: [500, 'Internal Server Error'],
} as const satisfies Record<Rejection, readonly [status: number, title: string]>;

export function plainAnswer(rejection: Rejection): WireAnswer {
  const [status, title] = PROBLEMS[rejection];
  return {
    status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...(rejection === 'unavailable' ? { 'Retry-After': '1' } : {}),
    },
    body: JSON.stringify({ type: 'about:blank', title, status }),
  };
}

/** The same as it goes over a socket that no request is read from any more. */
export function plainMessage(rejection: Rejection): string {
  const { status, headers, body } = plainAnswer(rejection);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    `HTTP/1.1 ${status} ${PROBLEMS[rejection][1]}`,
    ...lines,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
