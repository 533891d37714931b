/**
 * The two cookies of a signed-in browser: the session, named by the operator, and the one that load
 * balancers look at.
 */

import { type CookieTraits, cookie, cookieTraits, expireCookie, setCookie } from '../cookies.ts';
import type { WireRequest } from '../dialect.ts';
import type { Config } from './config.ts';
import { shape } from './shape.ts';

/** Undefined for none, and for an empty one. */
export function readSessionCookie(config: Config, request: WireRequest): string | undefined {
  const isOurs = (text: string) => shape.read(text) !== undefined;
  return cookie(request, config.cookie_name, isOurs) || undefined;
}

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
