/**
 * Logouts that a client asks for (OpenID Connect RP-Initiated Logout 1.0): what is asked, and where
 * the browser goes when it is done.
 */

import type { WireAnswer, WireRequest } from '../dialect.ts';
import type { Client, Clients } from './clients.ts';
import type { Context } from './context.ts';
import type { Parameters } from './decode.ts';
import { type Problem, problem } from './errors.ts';
import { redirectAnswer } from './headers.ts';
import { type IdTokenHint, readIdToken } from './id-token.ts';
import { type Language, languageOf, TEXTS } from './pages/language.ts';
import { messagePage } from './pages/message-page.ts';
import { pageAnswer } from './pages/page.ts';
import { signedIn } from './session-cookie.ts';

export interface LogOut {
  /** The sign-in that a client of ours was given; undefined when it shows none. */
  readonly hint: IdTokenHint | undefined;
  /** Registered by the client, to the letter. */
  readonly redirectUri: string | undefined;
  readonly state: string | undefined;
  readonly language: Language;
}

export function readLogOut(
  { services, clients }: Context,
  request: WireRequest,
  realm: string,
  values: Parameters,
): LogOut | Problem {
  const hintText = values.get('id_token_hint');
  const hint = hintText === undefined ? undefined : readIdToken(services.keyring, hintText, realm);
  if (hintText !== undefined && !hint) return BAD_HINT;
  const client = clientOf(clients, realm, hint, values.get('client_id'));
  if (client && 'error' in client) return client;
  const redirectUri = values.get('post_logout_redirect_uri');
  // Exact, and never for a client that nobody knows (section 3).
  if (redirectUri !== undefined && !client?.postLogoutUris.includes(redirectUri)) return MISMATCH;
  const language = languageOf(request, values.get('ui_locales'));
  return { hint, redirectUri, state: values.get('state'), language };
}

/** Undefined when none is named. */
function clientOf(
  clients: Clients,
  realm: string,
  hint: IdTokenHint | undefined,
  named: string | undefined,
): Client | undefined | Problem {
  if (hint && named !== undefined && hint.aud !== named) return OTHER_CLIENT;
  const id = hint?.aud ?? named;
  if (id === undefined) return undefined;
  return clients.find(realm, id) ?? (hint ? BAD_HINT : UNKNOWN_CLIENT);
}

/**
 * Ends a sign-in, and that of the browser when it is the same person's: somebody who has signed in
 * again since does not want to stay so.
 * @returns Whether the browser's cookie is of no use any more. It may be of another realm.
 * @throws StoreFault
 */
export async function endSignIn(
  context: Context,
  request: WireRequest,
  realm: string,
  { sid, sub }: Pick<IdTokenHint, 'sid' | 'sub'>,
): Promise<boolean> {
  const { sessions } = context.services;
  const why = { reason: 'signed_out', by: 'user' } as const;
  const held = await signedIn(context, request, realm);
  const found = await sessions.inspect(sid);
  if (found?.session.realm === realm) await sessions.endSession(found.session, why);
  if (held?.session.subject !== sub) return false;
  await sessions.endSession(held.session, why);
  return true;
}

/** Whether the caller can show a page: a browser that goes there, and no script. */
export function wantsPage({ headers }: WireRequest): boolean {
  return /\btext\/html\b/i.test(headers.accept ?? '');
}

/** Where the browser goes now: to the client, or a page that says that it is done. */
export function signedOut(
  { config }: Context,
  { redirectUri, state, language }: Omit<LogOut, 'hint'>,
): WireAnswer {
  const { done } = TEXTS[language].logOut;
  if (redirectUri !== undefined) return redirected(redirectUri, state);
  return pageAnswer(config, messagePage(language, done));
}

function redirected(uri: string, state: string | undefined): WireAnswer {
  const query = state === undefined ? '' : `${new URLSearchParams({ state })}`;
  const joint = query === '' ? '' : uri.includes('?') ? '&' : '?';
  // Whatever was posted is not posted on.
  return redirectAnswer(303, uri + joint + query);
}

const BAD_HINT = problem(400, 'invalid_request', 'The id_token_hint is invalid');
const OTHER_CLIENT = problem(
  400,
  'invalid_request',
  'The id_token_hint was issued to a different client',
);
const UNKNOWN_CLIENT = problem(400, 'invalid_request', 'The client_id is unknown');
const MISMATCH = problem(
  400,
  'redirect_uri_mismatch',
  'The post_logout_redirect_uri does not match a pre-registered value.',
);
