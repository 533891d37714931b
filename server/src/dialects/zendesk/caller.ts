/**
 * Who calls: a person, and by which right (fact sheet C.3).
 */

import type { Person } from '../../directory/directory.ts';
import type { Session } from '../../engine/session.ts';
import type { Access, WireRequest } from '../dialect.ts';
import { type Authenticated, authenticate } from '../sign-in.ts';
import { checkApiToken } from './api-token.ts';
import type { Context } from './context.ts';
import { asksForRenewal, type Presented, readOnBehalfOf, readPresented } from './decode.ts';
import {
  FORBIDDEN,
  INVALID_TOKEN,
  RECORD_NOT_FOUND,
  refused,
  UNAUTHENTICATED,
  type ZendeskError,
} from './errors.ts';

/** What Basic authentication proved the person with. */
export type Proof = 'password' | 'token';

type Basic = { readonly by: 'basic'; readonly proof: Proof } & Authenticated;

interface Bearer {
  readonly by: 'bearer';
  readonly person: Person;
  readonly access: Access;
}

export type Known =
  | Basic
  | Bearer
  | { readonly by: 'cookie'; readonly person: Person; readonly session: Session }
  /** An administrator who speaks for the person. */
  | { readonly by: 'administrator'; readonly person: Person; readonly speaker: Basic | Bearer };

export interface Nobody {
  readonly by: 'nobody';
  readonly error: ZendeskError;
  /** Nothing was claimed: no credential, or a cookie that an earlier session has left. */
  readonly isAnonymous: boolean;
}

export type Caller = Known | Nobody;

const NOT_LET_IN: Nobody = { by: 'nobody', error: UNAUTHENTICATED, isAnonymous: false };
const NO_TOKEN: Nobody = { by: 'nobody', error: INVALID_TOKEN, isAnonymous: false };
const ANONYMOUS: Nobody = { by: 'nobody', error: UNAUTHENTICATED, isAnonymous: true };

/** @param isRenewal Whether the request resets the idle clock, whatever the config says of others. */
export async function readCaller(
  context: Context,
  request: WireRequest,
  isRenewal: boolean,
): Promise<Caller> {
  const presented = readPresented(request);
  const caller = await readOwn(context, request, presented, isRenewal);
  const behalf = readOnBehalfOf(request);
  return behalf === undefined || caller.by === 'nobody'
    ? caller
    : speaksFor(context, caller, behalf);
}

async function readOwn(
  context: Context,
  request: WireRequest,
  presented: Presented,
  isRenewal: boolean,
): Promise<Caller> {
  switch (presented.by) {
    case 'nothing':
      return ANONYMOUS;
    case 'garbage':
      return NOT_LET_IN;
    case 'bearer':
      return readBearer(context, presented.text);
    case 'cookie':
      return readCookie(context, presented, isRenewal || asksForRenewal(request));
    default: {
      const { by: proof, login, secret } = presented;
      const found = await (proof === 'password'
        ? checkPassword(context, login, secret, request.address)
        : checkApiToken(context, login, secret));
      return found ? { by: 'basic', proof, person: found.person, epoch: found.epoch } : NOT_LET_IN;
    }
  }
}

async function readCookie(
  { services, config }: Context,
  { token }: Extract<Presented, { by: 'cookie' }>,
  isRenewal: boolean,
): Promise<Caller> {
  const { sessions, directory } = services;
  const { realm, every_request_renews } = config;
  const found = await sessions[isRenewal || every_request_renews ? 'touch' : 'look'](token, realm);
  if ('refused' in found) return { by: 'nobody', error: refused(found), isAnonymous: true };
  const { session } = found;
  const person = await directory.find(realm, session.subject);
  return person?.active ? { by: 'cookie', person, session } : NOT_LET_IN;
}

async function readBearer({ services, config }: Context, text: string): Promise<Caller> {
  const { realm } = config;
  const access = await services.readAccessToken(text, realm);
  if (!access) return NO_TOKEN;
  const person = await services.directory.find(realm, access.session.subject);
  return person?.active ? { by: 'bearer', person, access } : NO_TOKEN;
}

/** A locked login and an expired password are as good as a wrong one: Basic has no words for them. */
async function checkPassword(
  { services, config }: Context,
  login: string,
  password: string,
  address: string,
): Promise<Authenticated | undefined> {
  const found = await authenticate(services, config.realm, login, password, address);
  return found.verdict === 'right' ? found : undefined;
}

/** An OAuth application needs this scope to let an administrator speak for others. */
const IMPERSONATE = 'impersonate';

/**
 * The person whom an administrator speaks for: may do what that person may, and gets no session of
 * theirs. Not with a cookie: a page could not know that it speaks for somebody else.
 */
async function speaksFor(
  { services, config }: Context,
  caller: Known,
  login: string,
): Promise<Caller> {
  if (!maySpeak(caller)) return { by: 'nobody', error: FORBIDDEN, isAnonymous: false };
  const person = await services.directory.resolve(config.realm, login);
  if (!person?.active) return { by: 'nobody', error: RECORD_NOT_FOUND, isAnonymous: false };
  return { by: 'administrator', person, speaker: caller };
}

function maySpeak(caller: Known): caller is Basic | Bearer {
  if (caller.person.role !== 'administrator') return false;
  return (
    caller.by === 'basic' || (caller.by === 'bearer' && caller.access.scope.includes(IMPERSONATE))
  );
}
