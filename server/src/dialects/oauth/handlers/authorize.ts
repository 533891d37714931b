/**
 * The authorization endpoint (RFC 6749, section 4.1): a code for whoever is signed in already.
 *
 * Sign-in and consent need pages, which there are none of yet: what would need one is answered
 * with the error that says so.
 */

import type { Refusal } from '../../../engine/refusal.ts';
import { cookie } from '../../cookies.ts';
import type { WireAnswer, WireRequest } from '../../dialect.ts';
import { sameSecret } from '../../secrets.ts';
import {
  type AuthorizationRequest,
  type Destination,
  KEPT_MAX,
  readAuthorizationRequest,
  readDestination,
} from '../authorization-request.ts';
import { issueCode } from '../code.ts';
import type { Context, Handle } from '../context.ts';
import { type Parameters, readBrowserCall } from '../decode.ts';
import { type Problem, problem } from '../errors.ts';
import { issuerOf } from '../issuer.ts';
import { problemPage } from '../page.ts';

export function createAuthorize(context: Context): Handle {
  const { clients, config, services } = context;

  return async (request, realm) => {
    const call = readBrowserCall(request);
    if ('error' in call) return problemPage(call);
    const destination = readDestination(clients, realm, call);
    if ('error' in destination) return problemPage(destination);
    const iss = issuerOf(config, realm, request.origin);
    const { state } = destination;
    const fail = ({ error, description }: Problem) =>
      redirect(destination, { error, error_description: description, state, iss });

    const asked = readAuthorizationRequest(call, destination.client);
    if ('error' in asked) return fail(asked);
    if (request.origin.length > KEPT_MAX) return fail(TOO_LONG);
    const person = await signedIn(context, request, realm);
    const now = services.clock.now();
    if (!person || isTooOld(asked, person.session.authenticatedAt, now)) return fail(LOGIN);
    if (!isOwnForm(request, call.values, person.text)) return problemPage(FORGED);
    const doubt = consent(request, call.values, destination);
    if (doubt) return fail(doubt);

    const { client, sentUri } = destination;
    if (asked.responseType === 'none') return redirect(destination, { state, iss });
    const issued = await issueCode(context, person.session, {
      client,
      scope: asked.scope,
      redirectUri: sentUri,
      challenge: asked.challenge,
      nonce: asked.nonce,
      origin: request.origin,
    });
    if ('refused' in issued) return fail(refusedCode(issued));
    const scope = asked.scope.join(' ');
    return redirect(destination, { code: issued.code, state, iss, client_id: client.id, scope });
  };
}

/** The session of the caller, by cookie or by the header of the same name, and its token's text. */
async function signedIn({ services, config }: Context, request: WireRequest, realm: string) {
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

/** `prompt=login` and `max_age` ask for a fresh sign-in (OpenID Connect Core 1.0, 3.1.2.1). */
function isTooOld({ prompts, maxAge }: AuthorizationRequest, authenticatedAt: number, now: number) {
  if (prompts.has('login')) return true;
  return maxAge !== undefined && now - authenticatedAt > maxAge * 1000;
}

/** AM's proof that no other site has posted the decision: the session token itself. */
function isOwnForm({ method }: WireRequest, values: Parameters, sessionText: string): boolean {
  if (method !== 'POST') return true;
  const csrf = values.get('csrf');
  if (csrf === undefined) return !values.has('decision');
  return sameSecret(csrf, sessionText);
}

/** Only a posted decision counts: a link cannot decide for the person who follows it. */
function consent(
  request: WireRequest,
  values: Parameters,
  { client }: Destination,
): Problem | undefined {
  const decision = request.method === 'POST' ? values.get('decision') : undefined;
  if (decision !== undefined) return decision.toLowerCase() === 'allow' ? undefined : DENIED;
  return client.impliedConsent ? undefined : CONSENT;
}

/** Why there is no code: too long a request, codes that wait for their exchange, or a full record. */
function refusedCode(refusal: Refusal): Problem {
  if (refusal.refused !== 'limit_reached') return LOGIN;
  if (refusal.limit === 'properties') return TOO_LONG;
  return refusal.limit === 'tickets' ? TOO_MANY : FULL;
}

function redirect(
  { redirectUri }: Destination,
  members: Readonly<Record<string, string | undefined>>,
): WireAnswer {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) query.set(name, value);
  }
  return {
    status: 302,
    headers: {
      Location: `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`,
      'Cache-Control': 'no-store',
      Pragma: 'no-cache',
      'Referrer-Policy': 'no-referrer',
    },
    body: '',
  };
}

const LOGIN = problem(400, 'login_required', 'The request requires login.');
const FULL = problem(400, 'login_required', 'The session has no room for a code: sign in again.');
const TOO_MANY = problem(400, 'temporarily_unavailable', 'Too many codes wait for their exchange');
const CONSENT = problem(400, 'consent_required', 'The request requires consent.');
const DENIED = problem(400, 'access_denied', 'Resource Owner did not authorize the request');
const FORGED = problem(400, 'bad_request', 'csrf is not the token of the session');
const TOO_LONG = problem(400, 'invalid_request', 'The request is more than a code can hold');
