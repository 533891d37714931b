/**
 * Errors: how OAuth (RFC 6749, section 5.2) and AM (fact sheet 4) speak of what went wrong.
 */

import type { End } from '../../engine/end.ts';
import type { LimitName } from '../../engine/policy.ts';
import type { Refusal, RefusalCode } from '../../engine/refusal.ts';
import { jsonAnswer } from '../answers.ts';
import type { Rejection, WireAnswer, WireRequest } from '../dialect.ts';
import { ANSWER_HEADERS } from './headers.ts';
import { methodsOf } from './issuer.ts';

export interface Problem {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  /** Where the owner of what it is about reads more (RFC 6749, section 5.2). */
  readonly uri?: string | undefined;
  readonly headers?: WireAnswer['headers'];
}

export function problem(
  status: number,
  error: string,
  description: string,
  headers: WireAnswer['headers'] = {},
): Problem {
  return { status, error, description: plain(description), headers };
}

/** A problem as JSON; AM names the description first. */
export function problemAnswer({ status, error, description, uri, headers }: Problem): WireAnswer {
  const body = { error_description: description, error, error_uri: uri };
  return jsonAnswer(status, body, { ...ANSWER_HEADERS, ...headers });
}

/** What AM says of every grant that is of no use; clients look for it. */
const GRANT_IS_INVALID = 'grant is invalid';

type Described = Readonly<{
  [Code in RefusalCode]: {
    readonly error: string;
    readonly describe: (refusal: Extract<Refusal, { refused: Code }>) => string;
  };
}>;

/** Slots and generations are never free again: only another sign-in has more of them. */
const LIMITS = {
  grants: 'the session has no room for another grant',
  children: 'the session has no room for another application',
  tickets: 'the session has no room for another code',
  named: 'there is no room for another session',
  properties: 'the session has no room for these values',
  propertyLength: 'the session has no room for these values',
  history: 'the session is full',
  record: 'the session is full',
  slots: 'the session is used up, as it has had all the grants and codes that it can have',
  generations: 'the grant is used up, as it was renewed as often as it can be',
} satisfies Record<LimitName, string>;

/** All but `unknown_token` answer a once genuine token, and so may say what became of it. */
const REFUSALS = {
  unknown_token: { error: 'invalid_grant', describe: () => GRANT_IS_INVALID },
  session_ended: {
    error: 'invalid_grant',
    describe: ({ end }) => invalid(`the session ended (${end.reason})`),
  },
  grant_ended: { error: 'invalid_grant', describe: ({ end }) => invalid(grantEnded(end)) },
  child_ended: { error: 'invalid_grant', describe: ({ end }) => invalid(grantEnded(end)) },
  token_replayed: {
    error: 'invalid_grant',
    describe: ({ end }) => invalid(`it was used before, and so ${grantEnded(end)}`),
  },
  ticket_spent: { error: 'invalid_grant', describe: () => invalid('the code was used before') },
  ticket_expired: { error: 'invalid_grant', describe: () => invalid('the code has expired') },
  ticket_mismatch: {
    error: 'invalid_grant',
    describe: () => invalid('redirect_uri or code_verifier is not that of the code'),
  },
  wrong_client: {
    error: 'invalid_grant',
    describe: () => invalid('it was issued to a different client'),
  },
  wrong_binding: {
    error: 'invalid_grant',
    describe: () => invalid('it is bound to another key'),
  },
  scope_exceeded: {
    error: 'invalid_scope',
    describe: ({ scope }) => `Unknown/invalid scope(s): [${scope.join(', ')}]`,
  },
  epoch_moved: { error: 'invalid_grant', describe: () => invalid('the session ended') },
  name_taken: { error: 'invalid_grant', describe: () => GRANT_IS_INVALID },
  quota_reached: { error: 'invalid_grant', describe: () => invalid('there are too many sessions') },
  limit_reached: {
    error: 'invalid_grant',
    describe: ({ limit }) => invalid(LIMITS[limit]),
  },
} satisfies Described;

/** A refusal as the token endpoint says it: all of them are of status 400. */
export function refused(refusal: Refusal, uri?: string): WireAnswer {
  const { error } = REFUSALS[refusal.refused];
  return problemAnswer({ ...problem(400, error, describe(refusal)), uri });
}

/** Why a token is of no use, in words for its owner. */
export function describe(refusal: Refusal): string {
  const { describe } = REFUSALS[refusal.refused] as Described[RefusalCode];
  return (describe as (refusal: Refusal) => string)(refusal);
}

/** A form that this browser was not given: another site has posted it, or cookies are off. */
export const FOREIGN_FORM = problem(
  400,
  'bad_request',
  'The form was not given to this browser, or it does not keep cookies',
);

/** What the host found, in our words. */
export function rejectionProblem(rejection: Rejection, { method, path }: WireRequest): Problem {
  const required = methodsOf(path);
  if (rejection === 'method_not_allowed' && required.length > 0) {
    const text = `Required Method: ${required.join(' or ')} found: ${method}`;
    return problem(405, 'method_not_allowed', text);
  }
  return REJECTIONS[rejection];
}

const REJECTIONS = {
  no_such_path: problem(404, 'not_found', 'There is no such endpoint'),
  method_not_allowed: problem(405, 'method_not_allowed', 'The endpoint has no such method'),
  body_too_large: problem(413, 'invalid_request', 'The request is too large'),
  headers_too_large: problem(431, 'invalid_request', 'The headers are too large'),
  malformed_request: problem(400, 'invalid_request', 'The request is malformed'),
  timed_out: problem(408, 'invalid_request', 'The request took too long'),
  unavailable: problem(503, 'temporarily_unavailable', 'Try again in a moment', {
    'Retry-After': '1',
  }),
  internal_error: problem(500, 'server_error', 'The server failed'),
} satisfies Record<Rejection, Problem>;

function invalid(why: string): string {
  return `${GRANT_IS_INVALID}: ${why}`;
}

function grantEnded(end: End): string {
  return `the grant ended (${end.reason})`;
}

/** What may stand in a description (RFC 6749, section 5.2), and no more of it than is of use. */
function plain(text: string): string {
  return text.slice(0, 300).replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?');
}
