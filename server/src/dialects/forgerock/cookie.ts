/**
 * The session cookie: named by the operator, with the token as its value.
 */

import { type CookieTraits, cookieTraits, expireCookie, setCookie } from '../cookies.ts';
import type { WireRequest } from '../dialect.ts';
import type { Config } from './config.ts';

export function sessionCookie(config: Config, request: WireRequest, tokenId: string): string {
  return setCookie(config.cookie_name, tokenId, traitsOf(config, request));
}

export function expiredCookie(config: Config, request: WireRequest): string {
  return expireCookie(config.cookie_name, traitsOf(config, request));
}

/** Which of AM's servers holds the session: clients send it back, and load balancers look at it. */
export function balancerCookie(config: Config, request: WireRequest): string {
  return setCookie('amlbcookie', '01', traitsOf(config, request));
}

/** As AM does (fact sheet 2.2): with SameSite where the cookie is Secure, without elsewhere. */
function traitsOf({ secure_cookie }: Config, request: WireRequest): CookieTraits {
  const { secure } = cookieTraits({ secure_cookie, same_site: null }, request);
  return { secure, sameSite: secure ? 'None' : null };
}
