/**
 * Problems: RFC 9457 objects, one type for each refusal and rejection.
 */

import type { EndReason } from '../../engine/end.ts';
import type { Refusal, RefusalCode } from '../../engine/refusal.ts';
import type { Ms } from '../../engine/session.ts';
import { jsonAnswer } from '../answers.ts';
import type { Rejection, WireAnswer } from '../dialect.ts';

/** Problems of this API's own making. */
export type Mistake =
  | 'bad_request'
  | 'wrong_credentials'
  | 'password_expired'
  | 'locked'
  | 'not_signed_in'
  | 'not_allowed'
  | 'no_such_realm'
  | 'no_such_session'
  | 'no_such_user'
  | 'no_such_dialect'
  | 'conflict';

type ProblemCode = Mistake | RefusalCode | Rejection;

/** Status and title; the title is the same for every problem of a type (RFC 9457, section 3.1.4). */
const PROBLEMS = {
  bad_request: [400, 'The request is not as it should be'],
  wrong_credentials: [401, 'The user name or the password is wrong'],
  password_expired: [403, 'The password is too old and must be changed'],
  locked: [429, 'There were too many wrong passwords: wait a while'],
  not_signed_in: [401, 'A session token is needed'],
  not_allowed: [403, 'This is for administrators'],
  no_such_realm: [404, 'There is no such realm'],
  no_such_session: [404, 'There is no such session'],
  no_such_user: [404, 'There is no such user'],
  no_such_dialect: [404, 'There is no such dialect'],
  conflict: [409, 'That is not possible as things are'],

  unknown_token: [401, 'The token is not one of ours'],
  session_ended: [401, 'The session has ended'],
  grant_ended: [401, "The application's hold on the session has ended"],
  child_ended: [401, "The application's session has ended"],
  token_replayed: [401, 'The token was used before'],
  ticket_spent: [400, 'The ticket was used before'],
  ticket_expired: [400, 'The ticket has expired'],
  ticket_mismatch: [400, 'The ticket is for something else'],
  wrong_client: [400, 'The token belongs to another application'],
  wrong_binding: [401, 'The token is bound to another device or key'],
  scope_exceeded: [400, 'The grant has not that scope'],
  epoch_moved: [401, 'All sessions were ended during the sign-in'],
  name_taken: [409, 'Another session has that name'],
  quota_reached: [403, 'You have as many sessions as you may have'],
  limit_reached: [409, 'The session can hold no more'],

  no_such_path: [404, 'There is nothing here'],
  method_not_allowed: [405, 'That method is not for this path'],
  body_too_large: [413, 'The body is too large'],
  headers_too_large: [431, 'The headers are too large'],
  malformed_request: [400, 'The request could not be read'],
  timed_out: [408, 'The request took too long'],
  unavailable: [503, 'Busy: try again in a moment'],
  internal_error: [500, 'Something went wrong on our side'],
} as const satisfies Record<ProblemCode, readonly [number, string]>;

/** What each end means, for the person whose session it was. */
export const REASONS = {
  signed_out: 'You signed out.',
  signed_out_everywhere: 'You signed out of all your sessions.',
  ended_by_administrator: 'An administrator ended the session.',
  password_changed: 'The password was changed, which ends all sessions.',
  idle_timeout: 'Nothing was done with the session for longer than its idle time.',
  absolute_timeout: 'The session reached its longest possible life.',
  token_replayed: 'A spent token was used again, which may mean that somebody copied it.',
  code_replayed: 'An authorization code was used twice, which may mean that somebody copied it.',
  revoked_by_client: 'The application gave its token back.',
  made_room: 'A newer one took its place at a limit.',
} as const satisfies Record<EndReason, string>;

export function problem(
  code: ProblemCode,
  detail?: string,
  more: Readonly<Record<string, unknown>> = {},
): WireAnswer {
  const [status, title] = PROBLEMS[code];
  const headers: Record<string, string> = {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  };
  // RFC 6750, section 3; RFC 9110, section 10.2.3.
  if (status === 401 && code !== 'wrong_credentials') headers['WWW-Authenticate'] = 'Bearer';
  if (status === 503) headers['Retry-After'] = '1';
  const type = `urn:lamplighter:problem:${code}`;
  return jsonAnswer(status, { type, title, status, ...(detail && { detail }), ...more }, headers);
}

/** A login that is locked, and for how long (RFC 6585, section 4). */
export function lockedProblem(until: Ms, now: Ms): WireAnswer {
  const { headers, ...answer } = problem('locked');
  const seconds = Math.ceil((until - now) / 1000);
  return { ...answer, headers: { ...headers, 'Retry-After': String(Math.max(1, seconds)) } };
}

/** A refusal; an end says why, since only a genuine token or a checked caller gets this far. */
export function refusalProblem(refusal: Refusal): WireAnswer {
  if (!('end' in refusal)) return problem(refusal.refused);
  const { reason, at, by } = refusal.end;
  const end = { reason, at: new Date(at).toISOString(), by };
  return problem(refusal.refused, REASONS[reason], { end });
}
