/**
 * Writes what Zendesk sends: the session object, and the headers around each answer.
 */

import type { Session } from '../../engine/session.ts';
import { timestamp } from '../answers.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import { sessionLapsesAt } from '../lapses.ts';
import { numberOf } from '../numbers.ts';
import type { ZendeskError } from './errors.ts';

/** The session as clients know it (fact sheet C.2). */
export function sessionObject(session: Session, { origin }: WireRequest) {
  const id = sessionNumber(session);
  const user = userNumber(session);
  return {
    authenticated_at: timestamp(session.authenticatedAt),
    id,
    last_seen_at: timestamp(session.lastAccessAt),
    url: `${origin}/api/v2/users/${user}/sessions/${id}.json`,
    user_id: user,
  };
}

function sessionNumber({ id }: Session): number {
  return numberOf('session', id);
}

function userNumber({ realm, subject }: Session): number {
  return numberOf('user', realm, subject);
}

/** What a request with the session cookie is told of its session (C.4). */
export function sessionHeaders(session: Session): WireAnswer['headers'] {
  return {
    'X-Zendesk-User-Id': String(userNumber(session)),
    'X-Zendesk-User-Session-Expires-At': timestamp(sessionLapsesAt(session)),
  };
}

export function writeAnswer(
  request: WireRequest,
  body: object,
  headers: WireAnswer['headers'] = {},
): WireAnswer {
  return write(request, 200, JSON.stringify(body), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'max-age=0, private, must-revalidate',
    ...headers,
  });
}

export function writeNoContent(request: WireRequest, headers: WireAnswer['headers']): WireAnswer {
  return write(request, 204, '', { 'cache-control': 'no-cache', ...headers });
}

export function writeError(request: WireRequest, { status, body }: ZendeskError): WireAnswer {
  return write(request, status, JSON.stringify(body), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-cache',
    // Only here: clients take any answer that has it for an error (C.8).
    ...(status === 503 && { 'retry-after': '1' }),
  });
}

function write(
  { requestId, origin }: WireRequest,
  status: number,
  body: string,
  headers: WireAnswer['headers'],
): WireAnswer {
  const common: WireAnswer['headers'] = {
    'x-request-id': requestId,
    'x-zendesk-api-version': 'v2',
    'x-frame-options': 'SAMEORIGIN',
    // Has no meaning over plain HTTP (RFC 6797, section 7.2).
    ...(origin.startsWith('https:') && {
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    }),
  };
  return { status, headers: { ...common, ...headers }, body };
}
