/**
 * The session cookie: who is signed in, whichever dialect signed them in.
 */

import type { Session } from '../../engine/session.ts';
import { cookie, cookieTraits, expireCookie, setCookie } from '../cookies.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import type { Context } from './context.ts';
import { SESSION_KIND, sessionShape } from './shape.ts';

export interface SignedIn {
  readonly session: Session;
  /** The token as it was presented. */
  readonly text: string;
}

/**
 * The session of the caller, by cookie or by the header of the same name.
 * @throws StoreFault
 */
export async function signedIn(
  { services, config }: Context,
  request: WireRequest,
  realm: string,
): Promise<SignedIn | undefined> {
  const name = config.cookie_name;
  const isOurs = (value: string) => services.readSessionToken(value) !== undefined;
  for (const text of [cookie(request, name, isOurs), request.headers[name.toLowerCase()]]) {
    const token = text === undefined ? undefined : services.readSessionToken(text);
    // A session under the sign-in, an embedded application's, does not speak for the whole.
    if (text === undefined || token?.slot !== 0) continue;
    const found = await services.sessions.look(token, realm);
    if (!('refused' in found)) return { session: found.session, text };
  }
  return undefined;
}

/** Whether the caller is no browser: only programs send the session in a header. */
export function isProgram({ config }: Context, { headers }: WireRequest): boolean {
  return headers[config.cookie_name.toLowerCase()] !== undefined;
}

/** The Set-Cookie value that signs a browser in. @throws StoreFault */
export async function sessionCookie(
  context: Context,
  request: WireRequest,
  session: Session,
): Promise<string> {
  const { services, config } = context;
  const ask = { application: null, device: null, origin: request.origin };
  const handed = await services.credential(config.cookie_dialect, session, ask);
  const values = handed && 'credential' in handed ? Object.values(handed.credential) : [];
  const isToken = (value: string | number) =>
    typeof value === 'string' && services.readSessionToken(value)?.slot === 0;
  const text = values.find(isToken) ?? ownText(context, session);
  return setCookie(config.cookie_name, String(text), cookieTraits(config, request));
}

/** The Set-Cookie value that signs a browser out. */
export function expiredCookie({ config }: Context, request: WireRequest): string {
  return expireCookie(config.cookie_name, cookieTraits(config, request));
}

export function withCookies(answer: WireAnswer, cookies: readonly string[]): WireAnswer {
  if (cookies.length === 0) return answer;
  const others = [answer.headers['Set-Cookie'] ?? []].flat();
  return { ...answer, headers: { ...answer.headers, 'Set-Cookie': [...others, ...cookies] } };
}

function ownText({ services }: Context, session: Session): string {
  return sessionShape.write(services.sessions.token(session, SESSION_KIND));
}
