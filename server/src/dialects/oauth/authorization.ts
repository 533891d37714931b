/**
 * Authorizations under way: a request whose client is proven, and the answer to that client.
 */

import type { WireAnswer, WireRequest } from '../dialect.ts';
import {
  type AuthorizationRequest,
  type Destination,
  KEPT_MAX,
  readAuthorizationRequest,
  readDestination,
} from './authorization-request.ts';
import type { Context } from './context.ts';
import type { Parameters, Parsed } from './decode.ts';
import { type Problem, problem } from './errors.ts';
import { redirectAnswer } from './headers.ts';
import { issuerOf } from './issuer.ts';
import { formPostPage } from './pages/form-post-page.ts';
import { type Language, languageOf } from './pages/language.ts';
import { pageAnswer } from './pages/page.ts';
import { problemPage } from './pages/problem-page.ts';

export interface Authorization {
  /** The one at hand: the client's own, or that of a page's form. */
  readonly request: WireRequest;
  readonly realm: string;
  readonly issuer: string;
  /** As the client sent them. */
  readonly values: Parameters;
  readonly destination: Destination;
  readonly asked: AuthorizationRequest;
  readonly language: Language;
}

/** Characters of a request that a page can keep. */
const KEPT_REQUEST_MAX = 16_384;

/** What a page's form brings back of a request; undefined when that is too much. */
export function keptValues({
  values,
}: Authorization): Readonly<Record<string, string>> | undefined {
  const kept = Object.fromEntries(values);
  return JSON.stringify(kept).length > KEPT_REQUEST_MAX ? undefined : kept;
}

/** The answer, where the request is not in order: a page, or one to a proven client. */
export function readAuthorization(
  context: Context,
  request: WireRequest,
  realm: string,
  call: Parsed,
): Authorization | WireAnswer {
  const { clients, config } = context;
  const destination = readDestination(clients, realm, call);
  if ('error' in destination) return problemPage(config, request, destination);
  const issuer = issuerOf(config, realm, request.origin);
  const language = languageOf(request, call.values.get('ui_locales'));
  const fail = (fault: Problem) =>
    failed(context, { request, issuer, destination, language }, fault);
  const asked = readAuthorizationRequest(call, destination.client);
  if ('error' in asked) return fail(asked);
  if (destination.client.mustPush && asked.pushed === undefined) return fail(MUST_PUSH);
  if (request.origin.length > KEPT_MAX) return fail(TOO_LONG);
  return { request, realm, issuer, values: call.values, destination, asked, language };
}

type Answerable = Pick<Authorization, 'request' | 'issuer' | 'destination' | 'language'>;

/** An error for the client (RFC 6749, section 4.1.2.1). */
export function failed(
  context: Context,
  authorization: Answerable,
  { error, description }: Pick<Problem, 'error' | 'description'>,
): WireAnswer {
  const { issuer: iss, destination } = authorization;
  const { state } = destination;
  return answered(context, authorization, { error, error_description: description, state, iss });
}

/** An answer for the client, `iss` included (RFC 9207), in the way that it asked for. */
export function answered(
  { config }: Context,
  { request, destination, language }: Answerable,
  members: Readonly<Record<string, string | undefined>>,
): WireAnswer {
  const { redirectUri, mode, client } = destination;
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) fields.set(name, value);
  }
  if (mode === 'form_post') {
    const page = formPostPage({ language, action: redirectUri, client: client.title, fields });
    return pageAnswer(config, page);
  }
  const location = `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${fields}`;
  return redirectAnswer(isPageForm(request) ? 303 : 302, location);
}

/** What a form held must not be posted on to the client (RFC 9700, section 4.12). */
function isPageForm({ path }: WireRequest): boolean {
  return !/\/authorize\/?$/.test(path);
}

const MUST_PUSH = problem(400, 'invalid_request', 'The client must push its requests');

export const TOO_LONG = problem(400, 'invalid_request', 'The request is more than a code can hold');
