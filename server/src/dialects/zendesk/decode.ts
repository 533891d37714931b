/**
 * Reads what clients send: who they say they are, and what they ask of the session beside the path.
 */

import type { Token } from '../../sessions/token.ts';
import { authorization, basicCredentials, formBody, mediaType, queryValue } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import { readSessionCookie } from './cookies.ts';
import { sessionShape } from './shape.ts';

/** What a request presents as its proof (fact sheet C.3). */
export type Presented =
  | { readonly by: 'password' | 'token'; readonly login: string; readonly secret: string }
  | { readonly by: 'bearer'; readonly text: string }
  | { readonly by: 'cookie'; readonly token: Token }
  /** A header that says nothing that can be read. */
  | { readonly by: 'garbage' }
  | { readonly by: 'nothing' };

const API_TOKEN_SUFFIX = '/token';

/** Clients that authenticate keep the cookies that they are given: what is said aloud decides. */
export function readPresented(request: WireRequest): Presented {
  if (request.headers.authorization !== undefined) return readAuthorization(request);
  // The Ruby client can put it there.
  const text = queryValue(request, 'access_token');
  if (text !== undefined) return { by: 'bearer', text };
  const token = sessionShape.read(readSessionCookie(request) ?? '');
  return token ? { by: 'cookie', token } : { by: 'nothing' };
}

function readAuthorization(request: WireRequest): Presented {
  const text = authorization(request, 'bearer');
  if (text !== undefined) return { by: 'bearer', text };
  const basic = basicCredentials(request);
  if (!basic) return { by: 'garbage' };
  const { user, password: secret } = basic;
  if (!user.endsWith(API_TOKEN_SUFFIX)) return { by: 'password', login: user, secret };
  return { by: 'token', login: user.slice(0, -API_TOKEN_SUFFIX.length), secret };
}

/** Whom an administrator speaks for, by e-mail address (C.3). */
export function readOnBehalfOf({ headers }: WireRequest): string | undefined {
  return headers['x-on-behalf-of'];
}

/** Whether the client asks for the idle clock to be reset by whatever request this is (C.4). */
export function asksForRenewal({ headers }: WireRequest): boolean {
  return headers['x-zendesk-renew-session'] === 'true';
}

/** The authenticity token, which a write with the cookie needs, in the header or a form (C.4). */
export function readAuthenticityToken(request: WireRequest): string {
  const inHeader = request.headers['x-csrf-token'];
  if (inHeader !== undefined) return inHeader;
  if (mediaType(request) !== 'application/x-www-form-urlencoded') return '';
  return formBody(request).get('authenticity_token')?.[0] ?? '';
}

/**
 * Whether a browser says that a page of another site, or of a sibling host, sent it here (Fetch
 * Metadata Request Headers, section 2.4). Clients that are no browsers say nothing.
 */
export function isFromElsewhere({ headers }: WireRequest): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** A parameter that ends the path, without the suffix that it may have there. */
export function readLast({ params }: WireRequest, name: string): string {
  return (params[name] ?? '').replace(/\.json$/, '');
}

/** A number as it stands in a path; undefined for anything else. */
export function readNumber(text: string): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}
