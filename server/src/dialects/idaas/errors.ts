/**
 * How this protocol says no: business errors with a code of the vendor's grammar, token errors in
 * the form of OAuth (RFC 6749, section 5.2), nearly all of them with HTTP status 400.
 */

import type { Refusal, RefusalCode } from '../../engine/refusal.ts';
import { jsonAnswer } from '../answers.ts';
import type { Rejection, WireAnswer } from '../dialect.ts';

interface BusinessError {
  readonly error_code: string;
  readonly error_msg: string;
}

/** PARAM.0023 and APP.0001 are the vendors', the other codes are our own in their grammar. */
const PROBLEMS = {
  unreadable_body: {
    error_code: 'IDAAS.SDK.PARAM.0002',
    error_msg: 'The request body is not a JSON object',
  },
  bad_session_token: {
    error_code: 'IDAAS.SDK.PARAM.0023',
    error_msg: 'Invalid or expired session token',
  },
  unknown_client: {
    error_code: 'IDAAS.SDK.APP.0001',
    error_msg: 'Application does not exist.',
  },
  bad_credentials: {
    error_code: 'IDAAS.SDK.LOGIN.0001',
    error_msg: 'Incorrect user name or password',
  },
  quota_reached: {
    error_code: 'IDAAS.SDK.LOGIN.0003',
    error_msg: 'There are too many sessions',
  },
  limit_reached: {
    error_code: 'IDAAS.SDK.LOGIN.0002',
    error_msg: 'The session has no room for another application',
  },
} as const satisfies Record<string, BusinessError>;

export type Problem = keyof typeof PROBLEMS;

/** The vendor has one code for whatever is wrong with a session token. */
const REFUSALS = {
  unknown_token: 'bad_session_token',
  session_ended: 'bad_session_token',
  grant_ended: 'bad_session_token',
  child_ended: 'bad_session_token',
  token_replayed: 'bad_session_token',
  ticket_spent: 'bad_session_token',
  ticket_expired: 'bad_session_token',
  ticket_mismatch: 'bad_session_token',
  wrong_client: 'bad_session_token',
  wrong_binding: 'bad_session_token',
  scope_exceeded: 'bad_session_token',
  epoch_moved: 'bad_credentials',
  name_taken: 'limit_reached',
  quota_reached: 'quota_reached',
  limit_reached: 'limit_reached',
} as const satisfies Record<RefusalCode, Problem>;

const REJECTIONS = {
  no_such_path: { status: 404, text: 'There is no such API', error: 'invalid_request' },
  method_not_allowed: { status: 405, text: 'Method not allowed', error: 'invalid_request' },
  body_too_large: { status: 413, text: 'The request is too large', error: 'invalid_request' },
  headers_too_large: { status: 431, text: 'The headers are too large', error: 'invalid_request' },
  malformed_request: { status: 400, text: 'Malformed request', error: 'invalid_request' },
  timed_out: { status: 408, text: 'The request took too long', error: 'invalid_request' },
  unavailable: { status: 503, text: 'Busy, try again', error: 'temporarily_unavailable' },
  internal_error: { status: 500, text: 'Server error', error: 'server_error' },
} as const satisfies Record<Rejection, { status: number; text: string; error: string }>;

const TOKEN_ERRORS = {
  invalid_request: 'Missing or repeated parameter',
  unsupported_grant_type: 'Unsupported grant type',
  invalid_client: 'Bad client credentials',
  invalid_token: 'Invalid access',
} as const;

export function problem(name: Problem): WireAnswer {
  return jsonAnswer(400, PROBLEMS[name]);
}

/** @param name A parameter of the protocol, in its own spelling. */
export function missing(name: string): WireAnswer {
  const body = { error_code: 'IDAAS.SDK.PARAM.0001', error_msg: `Parameter ${name} is required` };
  return jsonAnswer(400, body satisfies BusinessError);
}

export function refused(refusal: Refusal): WireAnswer {
  return problem(REFUSALS[refusal.refused]);
}

/** @param status 400, as the vendor has it, or 401 (RFC 6750, section 3.1). */
export function tokenError(error: keyof typeof TOKEN_ERRORS, status: 400 | 401 = 400): WireAnswer {
  const challenge = { 'WWW-Authenticate': `Bearer error="${error}"` };
  return jsonAnswer(
    status,
    { error, error_description: TOKEN_ERRORS[error] },
    status === 401 ? challenge : {},
  );
}

/** @param isTokenEndpoint Where errors have the form of OAuth. */
export function rejected(rejection: Rejection, isTokenEndpoint: boolean): WireAnswer {
  const { status, text, error } = REJECTIONS[rejection];
  const body = isTokenEndpoint
    ? { error, error_description: text }
    : { error_code: `IDAAS.SDK.HTTP.0${status}`, error_msg: text };
  return jsonAnswer(status, body, status === 503 ? { 'Retry-After': '1' } : {});
}
