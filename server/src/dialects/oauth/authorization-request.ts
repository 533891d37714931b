/**
 * Authorization requests: what a client asks for, checked against its registration.
 *
 * Until client and redirect URI are proven nothing may be redirected (RFC 6749, section 4.1.2.1).
 */

import { type ClaimsRequest, readClaimsRequest } from './claims-request.ts';
import type { Client, Clients } from './clients.ts';
import { type Parsed, REPEATED, readScope } from './decode.ts';
import { type Problem, problem } from './errors.ts';
import { isChallenge } from './pkce.ts';
import { isPushed } from './pushed-request.ts';

/** Characters of a value that a code keeps as it was sent; the others are hashed or registered. */
export const KEPT_MAX = 512;

export const RESPONSE_MODES: readonly string[] = ['query', 'form_post'];

/** Characters of what somebody signs in with, as the directory takes it. */
const LOGIN_MAX = 128;

/** Where the answer goes: proven to be the client's own. */
export interface Destination {
  readonly client: Client;
  readonly redirectUri: string;
  /** As it was sent; undefined when it was left to the registration. */
  readonly sentUri: string | undefined;
  readonly state: string | undefined;
  /** How the answer gets there (OAuth 2.0 Form Post Response Mode). */
  readonly mode: 'query' | 'form_post';
}

export interface AuthorizationRequest {
  /** `none` only asks whether the person is signed in and has consented. */
  readonly responseType: 'code' | 'none';
  readonly scope: readonly string[];
  readonly challenge: string | undefined;
  /** The reference by which the request came, when it was pushed (RFC 9126). */
  readonly pushed: string | undefined;
  /** The thumbprint of the key that the code is to be bound to (RFC 9449, section 10). */
  readonly dpopJkt: string | undefined;
  readonly nonce: string | undefined;
  readonly prompts: ReadonlySet<string>;
  /** How long ago, in seconds, the person may have signed in at most. */
  readonly maxAge: number | undefined;
  readonly claims: ClaimsRequest;
  /** With what the person is likely to sign in. */
  readonly loginHint: string | undefined;
  /** Of the person who ought to be signed in; unchecked. */
  readonly idTokenHint: string | undefined;
}

export function readDestination(
  clients: Clients,
  realm: string,
  { values, repeated }: Parsed,
): Destination | Problem {
  if (repeated.has('client_id') || repeated.has('redirect_uri')) return REPEATED;
  const client = clients.find(realm, values.get('client_id') ?? '');
  if (!client) return problem(400, 'invalid_client', 'Client authentication failed');
  const sentUri = values.get('redirect_uri');
  const [only, another] = client.redirectUris;
  const redirectUri = sentUri ?? (another === undefined ? only : undefined);
  if (redirectUri === undefined) {
    return problem(400, 'invalid_request', "Missing parameter, 'redirect_uri'");
  }
  // To the letter (RFC 9700, section 2.1).
  if (!client.redirectUris.includes(redirectUri)) return MISMATCH;
  const state = repeated.has('state') ? undefined : values.get('state');
  const mode = values.get('response_mode') === 'form_post' ? 'form_post' : 'query';
  return { client, redirectUri, sentUri, state, mode };
}

export function readAuthorizationRequest(
  { values, repeated }: Parsed,
  client: Client,
): AuthorizationRequest | Problem {
  if (repeated.size > 0) return REPEATED;
  if (!client.grantTypes.has('authorization_code')) {
    return problem(400, 'unauthorized_client', 'The client may not use the authorization code');
  }
  for (const [name, fault] of UNSUPPORTED) if (values.has(name)) return fault;
  const pushed = values.get('request_uri');
  if (pushed !== undefined && !isPushed(pushed)) return OTHER_REFERENCE;
  const responseType = values.get('response_type');
  if (responseType === undefined) return invalid("Missing parameter, 'response_type'");
  if (responseType !== 'code' && responseType !== 'none') return OTHER_RESPONSE_TYPE;
  if (!RESPONSE_MODES.includes(values.get('response_mode') ?? 'query')) {
    return invalid('response_mode is not supported');
  }
  const scope = scopeFor(client, values.get('scope'));
  if ('error' in scope) return scope;
  const pkce = challengeFor(
    client,
    values.get('code_challenge'),
    values.get('code_challenge_method'),
  );
  if ('error' in pkce) return pkce;
  const prompts = new Set(readScope(values.get('prompt')));
  if (prompts.has('none') && prompts.size > 1) return invalid('prompt=none stands alone');
  const dpopJkt = values.get('dpop_jkt');
  if (dpopJkt !== undefined && !/^[\w-]{43}$/.test(dpopJkt)) {
    return invalid('dpop_jkt is no thumbprint');
  }
  const nonce = values.get('nonce');
  if (nonce !== undefined && !isNonce(nonce)) return invalid('nonce is too long or malformed');
  const age = values.get('max_age');
  if (age !== undefined && !/^\d{1,10}$/.test(age)) return invalid('max_age is not a number');
  const claims = readClaimsRequest(values.get('claims'));
  if ('error' in claims) return claims;
  return {
    responseType,
    scope: scope.words,
    challenge: pkce.challenge,
    pushed,
    dpopJkt,
    nonce,
    prompts,
    maxAge: age === undefined ? undefined : Number(age),
    claims,
    loginHint: values.get('login_hint')?.slice(0, LOGIN_MAX),
    idTokenHint: values.get('id_token_hint'),
  };
}

/** It is kept until the exchange, in a record that must have room for a few of them. */
function isNonce(text: string): boolean {
  return text.length <= KEPT_MAX && !/\p{Cc}/u.test(text);
}

/** The scope that was asked for, if the client may have it. */
export function scopeFor(client: Client, text: string | undefined) {
  const words = readScope(text);
  if (!words) {
    const text = 'No scope requested and no default scope configured';
    return problem(400, 'invalid_scope', text);
  }
  const unknown = words.filter((word) => !client.scopes.has(word));
  if (unknown.length === 0) return { words };
  return problem(400, 'invalid_scope', `Unknown/invalid scope(s): [${unknown.join(', ')}]`);
}

function challengeFor(client: Client, challenge: string | undefined, method: string | undefined) {
  if (challenge === undefined && client.isPublic)
    return invalid("Missing parameter, 'code_challenge'");
  return readChallenge(challenge, method);
}

/** Who says no method says `plain` (RFC 7636, section 4.3), which proves too little. */
export function readChallenge(challenge: string | undefined, method: string | undefined) {
  if (challenge === undefined) {
    if (method !== undefined) return invalid('code_challenge_method without code_challenge');
    return { challenge };
  }
  if (method !== 'S256') return invalid('code_challenge_method must be S256');
  return isChallenge(challenge) ? { challenge } : invalid('code_challenge is malformed');
}

const MISMATCH = problem(
  400,
  'redirect_uri_mismatch',
  'The redirection URI provided does not match a pre-registered value.',
);

const OTHER_RESPONSE_TYPE = problem(
  400,
  'unsupported_response_type',
  'Response type is not supported',
);

/** What must not be passed over in silence (OpenID Connect Core 1.0, section 3.1.2.6). */
const UNSUPPORTED: ReadonlyMap<string, Problem> = new Map([
  ['request', problem(400, 'request_not_supported', 'request is not supported')],
  ['registration', problem(400, 'registration_not_supported', 'registration is not supported')],
]);

const OTHER_REFERENCE = problem(
  400,
  'request_uri_not_supported',
  'request_uri must be one of the endpoint for pushed requests',
);

function invalid(text: string): Problem {
  return problem(400, 'invalid_request', text);
}
