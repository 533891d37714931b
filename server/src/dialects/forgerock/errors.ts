/**
 * How AM says no: `{code, reason, message}`, with a fixed reason for each code (fact sheet 1.5).
 */

import type { Refusal, RefusalCode } from '../../engine/refusal.ts';
import type { Rejection, WireRequest } from '../dialect.ts';

export interface AmError {
  readonly code: number;
  readonly message: string;
}

const REASONS: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [408, 'Request Time-out'],
  [413, 'Request Entity Too Large'],
  [415, 'Unsupported Media Type'],
  [431, 'Request Header Fields Too Large'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
]);

/** The message falls back to the reason. */
export function amError(code: number, message = reasonOf(code)): AmError {
  return { code, message };
}

export function reasonOf(code: number): string {
  return REASONS.get(code) ?? 'Resource Exception';
}

export function isAmError(outcome: object): outcome is AmError {
  return 'code' in outcome;
}

/** No token, or one that is not good (3.1). */
export const ACCESS_DENIED = amError(401, 'Access Denied');

/** What a journey says when it fails, whatever the cause (2.4). */
export const LOGIN_FAILURE = amError(401, 'Login failure');

export const FORBIDDEN = amError(403);

/** The engine's refusals of a session token. */
const REFUSALS = {
  unknown_token: ACCESS_DENIED,
  session_ended: ACCESS_DENIED,
  grant_ended: ACCESS_DENIED,
  child_ended: ACCESS_DENIED,
  token_replayed: ACCESS_DENIED,
  ticket_spent: ACCESS_DENIED,
  ticket_expired: ACCESS_DENIED,
  ticket_mismatch: ACCESS_DENIED,
  wrong_client: FORBIDDEN,
  wrong_binding: FORBIDDEN,
  scope_exceeded: FORBIDDEN,
  epoch_moved: LOGIN_FAILURE,
  name_taken: amError(503),
  quota_reached: amError(401, 'You have reached your session limit.'),
  limit_reached: amError(401, 'You have reached your session limit.'),
} satisfies Record<RefusalCode, AmError>;

const REJECTIONS = {
  no_such_path: ({ path }) => amError(404, `Resource '${resourceName(path)}' not found`),
  method_not_allowed: () => amError(405),
  body_too_large: () => amError(413),
  headers_too_large: () => amError(431),
  malformed_request: () => amError(400),
  timed_out: () => amError(408),
  unavailable: () => amError(503),
  internal_error: () => amError(500),
} satisfies Record<Rejection, (request: WireRequest) => AmError>;

export function refused(refusal: Refusal): AmError {
  return REFUSALS[refusal.refused];
}

export function rejected(rejection: Rejection, request: WireRequest): AmError {
  return REJECTIONS[rejection](request);
}

/** What is left of a path behind the realm, as AM's router names it. */
function resourceName(path: string): string {
  return path.replace(/^\/am\/json\/?/, '').replace(/^realms\/root(\/realms\/[^/]+)*\/?/, '');
}
