/**
 * Cookies (RFC 6265), as every dialect that has one reads and writes them.
 */

import type { WireRequest } from './dialect.ts';

/**
 * A cookie's value (section 4.2.1): the first of that name that could be ours, else the first. A
 * browser sends what another server left for the whole domain as well, and often before ours.
 */
export function cookie(
  request: WireRequest,
  name: string,
  isOurs: (value: string) => boolean = () => true,
): string | undefined {
  const values: string[] = [];
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at < 0 || pair.slice(0, at).trim() !== name) continue;
    const value = pair.slice(at + 1).trim();
    values.push(value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value);
  }
  return values.find(isOurs) ?? values[0];
}

export interface CookieTraits {
  readonly secure: boolean;
  readonly httpOnly?: boolean;
  /** Null to leave it to the browser. */
  readonly sameSite: 'Strict' | 'Lax' | 'None' | null;
}

/** What a dialect's options say of its cookies. */
export interface CookieOptions {
  /** Mark them Secure over plain HTTP as well; over https they always are. */
  readonly secure_cookie: boolean;
  readonly same_site: CookieTraits['sameSite'];
}

export function cookieTraits(options: CookieOptions, { origin }: WireRequest): CookieTraits {
  const secure = options.secure_cookie || origin.startsWith('https:');
  return { secure, sameSite: options.same_site };
}

/** A `Set-Cookie` value (section 4.1) for the whole host, until the browser closes. */
export function setCookie(name: string, value: string, traits: CookieTraits): string {
  const secure = traits.secure ? '; Secure' : '';
  const httpOnly = traits.httpOnly === false ? '' : '; HttpOnly';
  const sameSite = traits.sameSite === null ? '' : `; SameSite=${traits.sameSite}`;
  return `${name}=${value}; Path=/${secure}${httpOnly}${sameSite}`;
}

/** The `Set-Cookie` value that takes such a cookie back. */
export function expireCookie(name: string, traits: CookieTraits): string {
  return `${setCookie(name, '', traits)}; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT`;
}
