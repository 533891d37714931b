/**
 * How Zendesk says no (fact sheet C.7): a status, and an `error` that is a word or an object.
 */

import type { Refusal, RefusalCode } from '../../engine/refusal.ts';
import type { Rejection } from '../dialect.ts';

export interface ZendeskError {
  readonly status: number;
  readonly body:
    | {
        readonly error:
          | string
          | { readonly code?: string; readonly title: string; readonly message: string };
        readonly error_description?: string;
        readonly description?: string;
      }
    | { readonly errors: readonly { code: string; title: string; detail: string }[] };
}

function titled(status: number, title: string, message: string, code?: string): ZendeskError {
  return { status, body: { error: { ...(code !== undefined && { code }), title, message } } };
}

export const UNAUTHENTICATED: ZendeskError = {
  status: 401,
  body: { error: "Couldn't authenticate you" },
};

export const INVALID_TOKEN: ZendeskError = {
  status: 401,
  body: {
    error: 'invalid_token',
    error_description:
      'The access token provided is expired, revoked, malformed or invalid for other reasons.',
  },
};

/** Clients renew, and try once more, when they read this code (C.4). */
export const INVALID_AUTHENTICITY_TOKEN = titled(
  403,
  'Forbidden',
  'The X-CSRF-Token header must hold the authenticity token of the session.',
  'invalid_authenticity_token',
);

export const FORBIDDEN = titled(403, 'Forbidden', 'You do not have access to this page.');

export const RECORD_NOT_FOUND: ZendeskError = {
  status: 404,
  body: { error: 'RecordNotFound', description: 'Not found' },
};

export const RATE_LIMIT_EXCEEDED: ZendeskError = {
  status: 429,
  body: {
    error: 'APIRateLimitExceeded',
    description: 'Number of allowed API requests per minute exceeded',
  },
};

/** @param attribute As the vendor names a parameter: `page.size` for `page[size]`. */
export function invalidAttribute(attribute: string): ZendeskError {
  const message =
    `You passed an invalid value for the ${attribute} attribute. ` +
    `Invalid parameter: ${attribute} must be an integer greater than 0`;
  return titled(400, 'Invalid attribute', message);
}

export const INVALID_CURSOR = listed({
  code: 'InvalidPaginationParameter',
  title: 'Invalid pagination parameter',
  detail: 'page[after] and page[before] must be cursors of an earlier page of this list.',
});

export const TOO_DEEP = listed({
  code: 'InvalidPaginationDepth',
  title:
    'Pagination requests using Offset Pagination are limited to page 100 or up to 10000 records ' +
    '(page * per_page)',
  detail: 'Cursor Pagination goes further, with page[size] and page[after].',
});

function listed(error: { code: string; title: string; detail: string }): ZendeskError {
  return { status: 400, body: { errors: [error] } };
}

/** An OAuth application lacks the scope that the method needs. */
export function scopeMissing(scope: string): ZendeskError {
  return titled(403, 'Forbidden', `The access token does not have the scope ${scope}.`);
}

const UNAVAILABLE = titled(503, 'Service Unavailable', 'Please try again in a moment.');

/** The engine's refusals: what is no live session does not authenticate anybody. */
const REFUSALS = {
  unknown_token: UNAUTHENTICATED,
  session_ended: UNAUTHENTICATED,
  grant_ended: UNAUTHENTICATED,
  child_ended: UNAUTHENTICATED,
  token_replayed: UNAUTHENTICATED,
  ticket_spent: UNAUTHENTICATED,
  ticket_expired: UNAUTHENTICATED,
  ticket_mismatch: UNAUTHENTICATED,
  wrong_client: FORBIDDEN,
  wrong_binding: FORBIDDEN,
  scope_exceeded: FORBIDDEN,
  epoch_moved: UNAUTHENTICATED,
  name_taken: UNAVAILABLE,
  quota_reached: titled(403, 'Forbidden', 'You have reached your session limit.'),
  limit_reached: titled(403, 'Forbidden', 'The limit of sessions has been reached.'),
} satisfies Record<RefusalCode, ZendeskError>;

const REJECTIONS = {
  no_such_path: { status: 404, body: { error: 'InvalidEndpoint', description: 'Not found' } },
  method_not_allowed: titled(405, 'Method Not Allowed', 'This endpoint has no such method.'),
  body_too_large: titled(413, 'Payload Too Large', 'The body is too large.'),
  headers_too_large: titled(431, 'Request Header Fields Too Large', 'The headers are too large.'),
  malformed_request: titled(400, 'Bad Request', 'The request could not be read.'),
  timed_out: titled(408, 'Request Timeout', 'The request took too long to arrive.'),
  unavailable: UNAVAILABLE,
  internal_error: titled(500, 'Internal Server Error', 'Something went wrong on our side.'),
} satisfies Record<Rejection, ZendeskError>;

export function refused(refusal: Refusal): ZendeskError {
  return REFUSALS[refusal.refused];
}

export function rejected(rejection: Rejection): ZendeskError {
  return REJECTIONS[rejection];
}
