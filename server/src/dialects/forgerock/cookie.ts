/**
 * The session cookie: named by the operator, with the token as its value.
 */

import { type CookieTraits, expireCookie, setCookie } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import type { Config } from './config.ts';

export function sessionCookie(config: Config, request: WireRequest, tokenId: string): string {
  return setCookie(config.cookie_name, tokenId, traits(config, request));
}

export function expiredCookie(config: Config, request: WireRequest): string {
  return expireCookie(config.cookie_name, traits(config, request));
}

function traits(config: Config, { origin }: WireRequest): CookieTraits {
  return { secure: config.secure_cookie || origin.startsWith('https:'), sameSite: 'Lax' };
}
