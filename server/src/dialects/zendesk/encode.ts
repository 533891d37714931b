/**
 * Writes what Zendesk sends: sessions and users, and the headers around each answer.
 */

import { hash } from 'node:crypto';
import type { Person, Role } from '../../directory/directory.ts';
import type { Session } from '../../engine/session.ts';
import { timestamp } from '../answers.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import { sessionLapsesAt } from '../lapses.ts';
import { numberOf } from '../numbers.ts';
import type { ZendeskError } from './errors.ts';

/**
 * The session as clients know it (fact sheet C.2).
 * @param user The number of its person.
 */
export function sessionObject(session: Session, user: number, { origin }: WireRequest) {
  const id = sessionNumber(session);
  return {
    authenticated_at: timestamp(session.authenticatedAt),
    id,
    last_seen_at: timestamp(session.lastAccessAt),
    url: `${origin}/api/v2/users/${user}/sessions/${id}.json`,
    user_id: user,
  };
}

export function sessionNumber({ id }: Session): number {
  return numberOf('session', id);
}

const ROLES = {
  user: 'end-user',
  agent: 'agent',
  administrator: 'admin',
} satisfies Record<Role, string>;

/** The person as clients know them: what we know, of the many members that there are. */
export function userObject(person: Person, { origin }: WireRequest) {
  const { number, names, email, mobile, role, active } = person;
  return {
    id: number,
    url: `${origin}/api/v2/users/${number}.json`,
    name: names.en,
    email,
    phone: mobile,
    role: ROLES[role],
    active,
  };
}

/** Whoever is nobody, as clients know them. */
export const ANONYMOUS_USER = {
  id: null,
  url: null,
  name: 'Anonymous user',
  email: 'invalid@example.com',
  phone: null,
  role: 'end-user',
  active: null,
} as const;

/** What a request with the session cookie is told of its session (C.4). */
export function sessionHeaders(session: Session, { number }: Person): WireAnswer['headers'] {
  return {
    'X-Zendesk-User-Id': String(number),
    'X-Zendesk-User-Session-Expires-At': timestamp(sessionLapsesAt(session)),
  };
}

/** 200; or 304, when the client has that body already (C.7). */
export function writeAnswer(
  request: WireRequest,
  body: object,
  headers: WireAnswer['headers'] = {},
): WireAnswer {
  const text = JSON.stringify(body);
  const tag = `W/"${hash('sha256', text, 'hex').slice(0, 32)}"`;
  const common = { etag: tag, 'cache-control': 'max-age=0, private, must-revalidate' };
  if (hasTag(request, tag)) return write(request, 304, '', { ...common, ...headers });
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return write(request, 200, text, { ...type, ...common, ...headers });
}

/** `If-None-Match`, compared weakly (RFC 9110, section 13.1.2). */
function hasTag({ headers }: WireRequest, tag: string): boolean {
  const known = headers['if-none-match']?.split(',').map((each) => each.trim().replace(/^W\//, ''));
  return known?.some((each) => each === '*' || `W/${each}` === tag) ?? false;
}

export function writeNoContent(request: WireRequest, headers: WireAnswer['headers']): WireAnswer {
  return write(request, 204, '', { 'cache-control': 'no-cache', ...headers });
}

export function writeError(
  request: WireRequest,
  { status, body }: ZendeskError,
  headers: WireAnswer['headers'] = {},
): WireAnswer {
  return write(request, status, JSON.stringify(body), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-cache',
    // Only here and at 429: clients take any answer that has it for an error (C.8).
    ...(status === 503 && { 'retry-after': '1' }),
    ...headers,
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
