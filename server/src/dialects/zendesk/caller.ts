/**
 * Who calls: a person under Basic authentication, or the session of a cookie (fact sheet C.3).
 *
 * Clients that authenticate keep the cookies that they are given and send both: the header decides.
 */

import type { Session } from '../../engine/session.ts';
import { authorization, basicCredentials } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import { sameSecret } from '../secrets.ts';
import { type Authenticated, authenticate } from '../sign-in.ts';
import type { Context } from './context.ts';
import { readSessionCookie } from './cookies.ts';
import { INVALID_TOKEN, REFUSALS, UNAUTHENTICATED, type ZendeskError } from './errors.ts';
import { sessionShape } from './shapes.ts';

export type Caller =
  | ({ readonly by: 'basic' } & Authenticated)
  | { readonly by: 'cookie'; readonly session: Session }
  | { readonly by: 'nobody'; readonly error: ZendeskError };

/** @param isRenewal Whether the request resets the idle clock, whatever the config says of others. */
export async function readCaller(
  context: Context,
  request: WireRequest,
  isRenewal = false,
): Promise<Caller> {
  if (request.headers.authorization !== undefined) return readAuthorization(context, request);
  const token = sessionShape.read(readSessionCookie(request) ?? '');
  if (!token) return { by: 'nobody', error: UNAUTHENTICATED };
  const { sessions } = context.services;
  const { realm, every_request_renews } = context.config;
  const isTouch =
    isRenewal || every_request_renews || request.headers['x-zendesk-renew-session'] === 'true';
  const found = await (isTouch ? sessions.touch(token, realm) : sessions.look(token, realm));
  if ('refused' in found) return { by: 'nobody', error: REFUSALS[found.refused] };
  return { by: 'cookie', session: found.session };
}

async function readAuthorization(context: Context, request: WireRequest): Promise<Caller> {
  if (authorization(request, 'bearer') !== undefined) return { by: 'nobody', error: INVALID_TOKEN };
  const credentials = basicCredentials(request);
  const found = credentials && (await check(context, credentials.user, credentials.password));
  return found ? { by: 'basic', ...found } : { by: 'nobody', error: UNAUTHENTICATED };
}

const API_TOKEN_SUFFIX = '/token';

async function check(
  context: Context,
  user: string,
  password: string,
): Promise<Authenticated | undefined> {
  const { services, config } = context;
  if (!user.endsWith(API_TOKEN_SUFFIX)) return authenticate(services, config.realm, user, password);
  return checkApiToken(context, user.slice(0, -API_TOKEN_SUFFIX.length), password);
}

/** `email/token` as the user name, and an API token as the password. */
async function checkApiToken(
  { services, config }: Context,
  login: string,
  presented: string,
): Promise<Authenticated | undefined> {
  const { realm, api_tokens } = config;
  const entries = api_tokens.filter(({ token }) => sameSecret(presented, token));
  if (entries.length === 0) return undefined;
  const known = await services.directory.resolve(realm, login);
  if (!known) return undefined;
  const { subject } = known;
  // The epoch before the person: who is signed out everywhere meanwhile is not let in.
  const epoch = await services.sessions.epoch(realm, subject);
  const person = await services.directory.find(realm, subject);
  if (!person?.active) return undefined;
  for (const { email } of entries) {
    const owner = email === undefined ? person : await services.directory.resolve(realm, email);
    if (owner?.subject === subject) return { person, epoch };
  }
  return undefined;
}
