/**
 * Grant type `token-exchange` (RFC 8693): a narrower access token for one that somebody showed the
 * client, or for a session token. It hangs on what that hangs on, and ends with it.
 */

import { formBody } from '../../answers.ts';
import type { WireRequest } from '../../dialect.ts';
import { seeAccessToken } from '../access.ts';
import { ACCESS_TOKEN_TYPE, type ExchangeSubject, exchangedClaims } from '../access-token.ts';
import type { Client, Exchange } from '../clients.ts';
import type { Context, GrantType } from '../context.ts';
import { type Parameters, readScope } from '../decode.ts';
import { accessAnswer } from '../encode.ts';
import { describe, type Problem, problem, problemAnswer } from '../errors.ts';
import { issuerOf } from '../issuer.ts';
import { accessLife, type Times, timesFrom } from '../times.ts';

/** A session token of whichever dialect. */
const SESSION_TYPE = 'urn:lamplighter:token-type:session';

export function createTokenExchangeGrant(context: Context): GrantType {
  const { services, accessTokens } = context;

  return async ({ request, realm, form, client, cnf }) => {
    const rule = client.exchange;
    if (!rule) return problemAnswer(NOT_REGISTERED);
    const fault = unsupported(form);
    if (fault) return problemAnswer(fault);
    const issuer = issuerOf(context.config, realm, request.origin);
    const audience = audienceFor(rule, issuer, request);
    if ('error' in audience) return problemAnswer(audience);
    const subject = await readSubject(context, form, realm, client);
    if ('error' in subject) return problemAnswer(subject);
    const scope = scopeFor(rule, subject, form.get('scope'));
    if ('error' in scope) return problemAnswer(scope);

    const { times } = subject;
    const claims = exchangedClaims(
      { iss: issuer, aud: audience.aud, client_id: client.id, cnf, scope: scope.words, times },
      subject,
      services.random,
    );
    const accessToken = accessTokens.write(claims, client.accessTokenFormat);
    return accessAnswer(claims, accessToken, times.expiresIn, {
      issued_token_type: ACCESS_TOKEN_TYPE,
    });
  };
}

interface Subject extends ExchangeSubject {
  /** Of the new token, which does not outlive what was shown. */
  readonly times: Times;
}

async function readSubject(
  context: Context,
  form: Parameters,
  realm: string,
  client: Client,
): Promise<Subject | Problem> {
  const text = form.get('subject_token');
  const type = form.get('subject_token_type');
  if (text === undefined) return invalid("Missing parameter, 'subject_token'");
  if (type === undefined) return invalid("Missing parameter, 'subject_token_type'");
  if (type === SESSION_TYPE) return ofSession(context, text, realm);
  if (type !== ACCESS_TOKEN_TYPE) return invalid('subject_token_type is not supported');
  return ofAccessToken(context, text, realm, client);
}

async function ofAccessToken(
  context: Context,
  text: string,
  realm: string,
  client: Client,
): Promise<Subject | Problem> {
  const claims = context.accessTokens.read(text);
  const access = claims && (await seeAccessToken(context, claims, realm));
  if (!claims || !access) return invalid('The subject_token is invalid or has expired');
  if ('refused' in access) return invalid(describe(access));
  // One that was exchanged for somebody else is not this client's to pass on.
  const isForHere = [claims.aud].flat().some((aud) => aud === claims.iss || aud === client.id);
  if (!isForHere) return invalid('The subject_token is for another audience');
  const { session, grant } = access;
  if (!session) return invalid('The subject_token speaks for nobody');
  const now = context.services.clock.now();
  const times = timesFrom(now, context.config.access_token_life, claims.exp * 1000);
  return { session, grant, claims, times };
}

/** A child session's token does not speak for the whole. */
async function ofSession(
  { services: { sessions, clock, readSessionToken }, config }: Context,
  text: string,
  realm: string,
): Promise<Subject | Problem> {
  const token = readSessionToken(text);
  if (token?.slot !== 0) return invalid('The subject_token is invalid');
  const found = await sessions.look(token, realm);
  if ('refused' in found) return invalid(describe(found));
  const { session } = found;
  const life = accessLife(session, { offline: false }, config.access_token_life);
  const times = timesFrom(clock.now(), life, session.endsAt);
  return { session, grant: null, claims: null, times };
}

/** What may be asked for and is not there must not be passed over in silence. */
function unsupported(form: Parameters): Problem | undefined {
  if (form.has('actor_token')) return invalid('actor_token is not supported');
  const wanted = form.get('requested_token_type') ?? ACCESS_TOKEN_TYPE;
  if (wanted !== ACCESS_TOKEN_TYPE) return invalid('requested_token_type is not supported');
  return undefined;
}

/** Both ways of naming a target may come more than once; none is the only one there is. */
function audienceFor({ audiences }: Exchange, issuer: string, request: WireRequest) {
  const form = formBody(request);
  const named = [...(form.get('audience') ?? []), ...(form.get('resource') ?? [])];
  const asked = [...new Set(named.filter((one) => one !== ''))];
  const allowed = audiences.length === 0 ? [issuer] : audiences;
  if (asked.length === 0 && allowed.length > 1) return NO_TARGET;
  const [only, ...others] = asked.length === 0 ? allowed : asked;
  if (only === undefined || !asked.every((one) => allowed.includes(one))) return OTHER_TARGET;
  return { aud: others.length === 0 ? only : [only, ...others] };
}

/** Never more than the subject's token has, nor more than the client may have. */
function scopeFor(rule: Exchange, { claims }: Subject, text: string | undefined) {
  const held = claims ? claims.scope.split(' ') : rule.scopes;
  const most = rule.scopes.filter((word) => held.includes(word));
  const words = readScope(text) ?? most;
  const excess = words.filter((word) => !most.includes(word));
  if (excess.length === 0 && words.length > 0) return { words };
  return problem(400, 'invalid_scope', `Unknown/invalid scope(s): [${excess.join(', ')}]`);
}

/** RFC 8693, section 2.2.2: a subject token that is no good is an `invalid_request`. */
function invalid(text: string): Problem {
  return problem(400, 'invalid_request', text);
}

const NOT_REGISTERED = problem(400, 'unauthorized_client', 'The client may not exchange tokens');
const NO_TARGET = problem(400, 'invalid_target', 'Name an audience or a resource');
const OTHER_TARGET = problem(400, 'invalid_target', 'The audience or resource is not allowed');
