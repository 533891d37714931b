/**
 * Identity: an ID token for the person of an open session.
 */

import type { Person } from '../../directory/directory.ts';
import type { Services, WireRequest } from '../dialect.ts';
import type { Config } from './config.ts';
import { personIdToken } from './encode.ts';
import type { Held } from './session-tokens.ts';

/** Undefined for whoever is not active any more. */
export async function personOf(
  { directory }: Services,
  { realm, subject }: { readonly realm: string; readonly subject: string },
): Promise<Person | undefined> {
  const person = await directory.find(realm, subject);
  return person?.active ? person : undefined;
}

/** Undefined for whoever is not active any more. */
export async function idTokenOf(
  services: Services,
  config: Config,
  { origin }: WireRequest,
  { session, grant: { client } }: Held,
): Promise<string | undefined> {
  const person = await personOf(services, session);
  return person && personIdToken(services, config, origin, { person, session, client });
}
