/**
 * The two cookies of a signed-in browser: the session, and a flag that scripts can see (C.3).
 */

import { cookie, cookieTraits, expireCookie, setCookie } from '../cookies.ts';
import type { WireRequest } from '../dialect.ts';
import type { Config } from './config.ts';
import { sessionShape } from './shape.ts';

export const SESSION_COOKIE = '_zendesk_shared_session';
const FLAG_COOKIE = '_zendesk_authenticated';

export function readSessionCookie(request: WireRequest): string | undefined {
  return cookie(request, SESSION_COOKIE, (text) => sessionShape.read(text) !== undefined);
}

export function sessionCookies(config: Config, request: WireRequest, token: string): string[] {
  const traits = cookieTraits(config, request);
  return [
    setCookie(SESSION_COOKIE, token, traits),
    setCookie(FLAG_COOKIE, '1', { ...traits, httpOnly: false }),
  ];
}

export function expiredCookies(config: Config, request: WireRequest): string[] {
  const traits = cookieTraits(config, request);
  return [
    expireCookie(SESSION_COOKIE, traits),
    expireCookie(FLAG_COOKIE, { ...traits, httpOnly: false }),
  ];
}
