/**
 * API tokens: `email/token` as the user name under Basic authentication, and the token as the
 * password (fact sheet C.3).
 */

import type { Person } from '../../directory/directory.ts';
import type { Authenticated } from '../sign-in.ts';
import type { Context } from './context.ts';

/** Whom the login stands for, if the token opens the door to that person. */
export async function checkApiToken(
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
