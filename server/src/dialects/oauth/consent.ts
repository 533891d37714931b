/**
 * Consents that are remembered: in the session, for as long as the person is signed in.
 */

import type { Session } from '../../engine/session.ts';
import { isObject } from '../answers.ts';
import type { Client } from './clients.ts';
import type { Context } from './context.ts';
import { SESSION_KIND } from './shape.ts';

/** One property for all clients, so that they take no more room than one. */
const PROPERTY = 'oauth consents';

/** Whether the person has consented to all of that scope before. */
export function hasConsented(session: Session, client: Client, scope: readonly string[]): boolean {
  const consented = consentsOf(session).get(client.id) ?? [];
  return scope.every((word) => consented.includes(word));
}

/** Where there is no room, the person is asked again. @throws StoreFault */
export async function rememberConsent(
  { services: { sessions } }: Context,
  session: Session,
  client: Client,
  scope: readonly string[],
): Promise<void> {
  const consents = new Map(consentsOf(session));
  const words = new Set([...(consents.get(client.id) ?? []), ...scope]);
  consents.set(client.id, [...words]);
  const value = JSON.stringify(Object.fromEntries(consents));
  const token = sessions.token(session, SESSION_KIND);
  await sessions.setFacts(token, session.realm, { [PROPERTY]: value });
}

/** By the client's name. Other dialects may have let somebody write the property. */
function consentsOf({ properties }: Session): ReadonlyMap<string, readonly string[]> {
  const written = parsed(properties[PROPERTY] ?? '{}');
  const entries = isObject(written) ? Object.entries(written) : [];
  return new Map(entries.map(([client, words]) => [client, Array.isArray(words) ? words : []]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
