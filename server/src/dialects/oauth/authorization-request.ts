/**
 * Authorization requests: what a client asks for, checked against its registration.
 *
 * Until client and redirect URI are proven nothing may be redirected (RFC 6749, section 4.1.2.1).
 */

import type { Client, Clients } from './clients.ts';
import { type Parsed, REPEATED, readScope } from './decode.ts';
import { type Problem, problem } from './errors.ts';
import { isChallenge } from './pkce.ts';

/** Characters of a value that a code keeps as it was sent; the others are hashed or registered. */
export const KEPT_MAX = 512;

/** Where the answer goes: proven to be the client's own. */
export interface Destination {
  readonly client: Client;
  readonly redirectUri: string;
  /** As it was sent; undefined when it was left to the registration. */
  readonly sentUri: string | undefined;
  readonly state: string | undefined;
}

export interface AuthorizationRequest {
  /** `none` only asks whether the person is signed in and has consented. */
  readonly responseType: 'code' | 'none';
  readonly scope: readonly string[];
  readonly challenge: string | undefined;
  readonly nonce: string | undefined;
  readonly prompts: ReadonlySet<string>;
  /** How long ago, in seconds, the person may have signed in at most. */
  readonly maxAge: number | undefined;
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
  return { client, redirectUri, sentUri, state };
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
  const responseType = values.get('response_type');
  if (responseType === undefined) return invalid("Missing parameter, 'response_type'");
  if (responseType !== 'code' && responseType !== 'none') return OTHER_RESPONSE_TYPE;
  if ((values.get('response_mode') ?? 'query') !== 'query') {
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
  const nonce = values.get('nonce');
  if (nonce !== undefined && !isNonce(nonce)) return invalid('nonce is too long or malformed');
  const age = values.get('max_age');
  if (age !== undefined && !/^\d{1,10}$/.test(age)) return invalid('max_age is not a number');
  return {
    responseType,
    scope: scope.words,
    challenge: pkce.challenge,
    nonce,
    prompts,
    maxAge: age === undefined ? undefined : Number(age),
  };
}

/** It is kept until the exchange, in a record that must have room for a few of them. */
function isNonce(text: string): boolean {
  return text.length <= KEPT_MAX && !/\p{Cc}/u.test(text);
}

function scopeFor(client: Client, text: string | undefined) {
  const words = readScope(text);
  if (!words) {
    const text = 'No scope requested and no default scope configured';
    return problem(400, 'invalid_scope', text);
  }
  const unknown = words.filter((word) => !client.scopes.has(word));
  if (unknown.length === 0) return { words };
  return problem(400, 'invalid_scope', `Unknown/invalid scope(s): [${unknown.join(', ')}]`);
}

/** Who says no method says `plain` (RFC 7636, section 4.3), which proves too little. */
function challengeFor(client: Client, challenge: string | undefined, method: string | undefined) {
  if (challenge === undefined) {
    if (client.secret === null) return invalid("Missing parameter, 'code_challenge'");
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
  ['request_uri', problem(400, 'request_uri_not_supported', 'request_uri is not supported')],
  ['registration', problem(400, 'registration_not_supported', 'registration is not supported')],
]);

function invalid(text: string): Problem {
  return problem(400, 'invalid_request', text);
}
