/**
 * Who calls: a person under Basic authentication, or the session of a cookie (fact sheet C.3).
 */

import type { Person } from '../../directory/directory.ts';
import type { Session } from '../../engine/session.ts';
import type { WireRequest } from '../dialect.ts';
import { type Authenticated, authenticate } from '../sign-in.ts';
import type { Context } from './context.ts';
import { asksForRenewal, readPresented } from './decode.ts';
import { INVALID_TOKEN, refused, UNAUTHENTICATED, type ZendeskError } from './errors.ts';

/** What Basic authentication proved the person with. */
export type Proof = 'password' | 'token';

export type Caller =
  | ({ readonly by: 'basic'; readonly proof: Proof } & Authenticated)
  | { readonly by: 'cookie'; readonly session: Session }
  | { readonly by: 'nobody'; readonly error: ZendeskError };

const NOBODY = { by: 'nobody', error: UNAUTHENTICATED } as const;

/** @param isRenewal Whether the request resets the idle clock, whatever the config says of others. */
export async function readCaller(
  context: Context,
  request: WireRequest,
  isRenewal = false,
): Promise<Caller> {
  const { services, config } = context;
  const presented = readPresented(request);
  switch (presented.by) {
    case 'nothing':
      return NOBODY;
    case 'bearer':
      return { by: 'nobody', error: INVALID_TOKEN };
    case 'cookie': {
      const isTouch = isRenewal || config.every_request_renews || asksForRenewal(request);
      const { sessions } = services;
      const found = await sessions[isTouch ? 'touch' : 'look'](presented.token, config.realm);
      if ('refused' in found) return { by: 'nobody', error: refused(found) };
      return { by: 'cookie', session: found.session };
    }
    default: {
      const { by: proof, login, secret } = presented;
      const found = await (proof === 'password'
        ? authenticate(services, config.realm, login, secret)
        : checkApiToken(context, login, secret));
      return found ? { by: 'basic', proof, ...found } : NOBODY;
    }
  }
}

/** `email/token` as the user name, and an API token as the password. */
async function checkApiToken(
  { services, config, apiTokens }: Context,
  login: string,
  presented: string,
): Promise<Authenticated | undefined> {
  const entries = apiTokens.entriesOf(presented);
  if (entries.length === 0) return undefined;
  const { directory, sessions } = services;
  const { realm } = config;
  const known = await directory.resolve(realm, login);
  if (!known) return undefined;
  const { subject } = known;
  // The epoch before the person: who is signed out everywhere meanwhile is not let in.
  const epoch = await sessions.epoch(realm, subject);
  const person = await directory.find(realm, subject);
  if (!person?.active) return undefined;
  for (const { email } of entries) {
    const isGood = email === undefined ? isForAnybody(person) : await isOf(email);
    if (isGood) return { person, epoch };
  }
  return undefined;

  async function isOf(email: string): Promise<boolean> {
    return (await directory.resolve(realm, email))?.subject === subject;
  }
}

/**
 * Whether a token that is nobody's own opens the door to a person. Not to administrators: its
 * session is good at every other door, and the token would be a key to all of them.
 */
function isForAnybody({ role }: Person): boolean {
  return role !== 'administrator';
}
