/**
 * Signing in on a page: what the page asks, and what comes of what was typed.
 */

import type { Verdict } from '../../directory/directory.ts';
import type { Refusal } from '../../engine/refusal.ts';
import type { Session } from '../../engine/session.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import { type Authenticated, authenticate, BY_PASSWORD } from '../sign-in.ts';
import type { Context } from './context.ts';
import type { Parameters } from './decode.ts';
import type { FormPurpose, FormValues } from './forms.ts';
import { type Operation, pathFor } from './issuer.ts';
import { type Language, TEXTS } from './pages/language.ts';
import { pageAnswer } from './pages/page.ts';
import { signInPage } from './pages/sign-in-page.ts';
import { signedIn, withCookies } from './session-cookie.ts';

/** Where somebody signs in, and for what. */
export interface SignInAsk {
  readonly request: WireRequest;
  readonly realm: string;
  readonly language: Language;
  readonly purpose: FormPurpose & Operation;
  /** What the form brings back. */
  readonly values: FormValues;
  /** What the person goes on to, by a name that people know. */
  readonly client: string;
  /** What the name field begins with. */
  readonly login: string;
  /** Whether that is another server. */
  readonly leaves: boolean;
}

/** What the page says after an attempt that did not sign anybody in. */
export interface Retry {
  readonly status: number;
  readonly alert: string;
  readonly headers?: WireAnswer['headers'];
}

export function signInAnswer(
  { config, forms }: Context,
  { request, realm, language, purpose, values, client, login, leaves }: SignInAsk,
  retry?: Retry,
): WireAnswer {
  const { text, cookies } = forms.close(request, realm, purpose, values);
  const action = pathFor(config, realm, purpose);
  const page = signInPage({ language, action, form: text, client, login, alert: retry?.alert });
  const answer = pageAnswer(config, { status: 200, leaves, ...page, ...retry });
  return withCookies(answer, cookies);
}

/** The session of whoever typed that. @throws StoreFault, DirectoryBusy */
export async function signInBy(
  context: Context,
  request: WireRequest,
  realm: string,
  typed: Parameters,
  language: Language,
): Promise<{ readonly session: Session } | Retry> {
  const { services } = context;
  const words = TEXTS[language].signIn;
  const login = typed.get('username') ?? '';
  const password = typed.get('password') ?? '';
  const found = await authenticate(services, realm, login, password, request.address);
  if (found.verdict !== 'right') return retryFor(found, language, services.clock.now());
  const opened = await sessionOf(context, request, realm, found);
  if (!('refused' in opened)) return opened;
  const isFull = opened.refused === 'quota_reached';
  return { status: 400, alert: isFull ? words.tooMany : words.wrong };
}

/** The session that the browser has goes on when it is of the same person. */
async function sessionOf(
  context: Context,
  request: WireRequest,
  realm: string,
  { person: { subject }, epoch }: Authenticated,
): Promise<{ readonly session: Session } | Refusal> {
  const { sessions } = context.services;
  const held = await signedIn(context, request, realm);
  if (held?.session.subject === subject) {
    const kept = await sessions.reauthenticate(held.session, { subject, methods: BY_PASSWORD });
    if (!('refused' in kept)) return kept;
  }
  return sessions.open({ realm, subject, epoch, origin: 'oauth', methods: BY_PASSWORD });
}

type Failure = Exclude<Verdict, { verdict: 'right' }>;

function retryFor(found: Failure, language: Language, now: number): Retry {
  const { wrong, expired, locked } = TEXTS[language].signIn;
  if (found.verdict === 'locked') return lockedRetry(found.until, now, locked);
  return { status: 400, alert: found.verdict === 'wrong' ? wrong : expired };
}

/** @param words Say how long it takes, in minutes. */
export function lockedRetry(until: number, now: number, words: (minutes: number) => string): Retry {
  const waitMs = Math.max(1, until - now);
  return {
    status: 429,
    alert: words(Math.ceil(waitMs / 60_000)),
    headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)) },
  };
}
