/**
 * Reads what clients send: who they say they are, and what they ask of the session beside the path.
 */

import type { Token } from '../../sessions/token.ts';
import { authorization, basicCredentials } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import { readSessionCookie } from './cookies.ts';
import { sessionShape } from './shape.ts';

/** What a request presents as its proof (fact sheet C.3). */
export type Presented =
  | { readonly by: 'password' | 'token'; readonly login: string; readonly secret: string }
  | { readonly by: 'cookie'; readonly token: Token }
  | { readonly by: 'bearer' | 'nothing' };

const API_TOKEN_SUFFIX = '/token';

/** Clients that authenticate keep the cookies that they are given: the header decides. */
export function readPresented(request: WireRequest): Presented {
  if (request.headers.authorization === undefined) {
    const token = sessionShape.read(readSessionCookie(request) ?? '');
    return token ? { by: 'cookie', token } : { by: 'nothing' };
  }
  if (authorization(request, 'bearer') !== undefined) return { by: 'bearer' };
  const basic = basicCredentials(request);
  if (!basic) return { by: 'nothing' };
  const { user, password: secret } = basic;
  if (!user.endsWith(API_TOKEN_SUFFIX)) return { by: 'password', login: user, secret };
  return { by: 'token', login: user.slice(0, -API_TOKEN_SUFFIX.length), secret };
}

/** Whether the client asks for the idle clock to be reset by whatever request this is (C.4). */
export function asksForRenewal({ headers }: WireRequest): boolean {
  return headers['x-zendesk-renew-session'] === 'true';
}

/** What stands for the authenticity token, which a write with the cookie needs (C.4). */
export function readAuthenticityToken({ headers }: WireRequest): string {
  return headers['x-csrf-token'] ?? '';
}

/**
 * Whether a browser says that a page of another site, or of a sibling host, sent it here (Fetch
 * Metadata Request Headers, section 2.4). Clients that are no browsers say nothing.
 */
export function isFromElsewhere({ headers }: WireRequest): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
