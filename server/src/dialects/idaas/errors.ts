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

/** The README says which codes are the vendors'; the others are our own in their grammar. */
const PROBLEMS = {
  device_incomplete: {
    error_code: 'IDAAS.SDK.PARAM.0001',
    error_msg: 'Device information is incomplete',
  },
  unreadable_body: {
    error_code: 'IDAAS.SDK.PARAM.0002',
    error_msg: 'The request body is not a JSON object',
  },
  bad_session_token: {
    error_code: 'IDAAS.SDK.PARAM.0023',
    error_msg: 'Invalid or expired session token',
  },
  bad_state_token: {
    error_code: 'IDAAS.SDK.PARAM.0014',
    error_msg: 'Invalid state token',
  },
  bad_signature: {
    error_code: 'IDAAS.SDK.PARAM.0022',
    error_msg: 'Invalid or expired signature',
  },
  bad_ticket: {
    error_code: 'IDAAS.SDK.PARAM.0024',
    error_msg: 'Invalid or expired ticket',
  },
  code_not_sent: {
    error_code: 'IDAAS.SDK.CAPTCHA.0006',
    error_msg: 'Failed to send verification code',
  },
  bad_code: {
    error_code: 'IDAAS.SDK.CAPTCHA.0007',
    error_msg: 'Incorrect verification code',
  },
  unknown_client: {
    error_code: 'IDAAS.SDK.APP.0001',
    error_msg: 'Application does not exist.',
  },
  no_public_key: {
    error_code: 'IDAAS.SDK.APP.0003',
    error_msg: 'The application has no public key',
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
    error_msg: 'The session has no room for more',
  },
  locked: {
    error_code: 'IDAAS.SDK.LOGIN.0004',
    error_msg: 'Too many attempts, try again later',
  },
  bad_old_password: {
    error_code: 'IDAAS.SDK.PASSWORD.0001',
    error_msg: 'Incorrect old password',
  },
  unfit_password: {
    error_code: 'IDAAS.SDK.PASSWORD.0002',
    error_msg: 'The new password is not acceptable',
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
  ticket_spent: 'bad_ticket',
  ticket_expired: 'bad_ticket',
  ticket_mismatch: 'bad_ticket',
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
