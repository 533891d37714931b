/**
 * Session properties as AM's clients know them: which of them they may see, and which they may set.
 *
 * They are the session's own properties, save for those that AM itself sets.
 */

import type { Facts, Session } from '../../engine/session.ts';
import type { Config } from './config.ts';

/** What AM sets in a session and lets nobody change. */
const PROTECTED: readonly string[] = [
  ...['AMCtxId', 'AuthLevel', 'AuthType', 'CharSet', 'FullLoginURL', 'Host', 'HostName'],
  ...['IndexType', 'Locale', 'Organization', 'Principal', 'Principals', 'Role', 'Service'],
  ...['UserId', 'UserToken', 'authInstant', 'clientType', 'cookieSupport', 'loginURL'],
  'successURL',
];

/** The same, by how their names begin. */
const PROTECTED_LEADS: readonly string[] = ['am.protected.', 'sun.am.'];

/** Those of AM's own that are known here. */
const OWN: ReadonlyMap<string, (session: Session) => string> = new Map([
  ['AMCtxId', ({ id }) => id],
  ['UserId', ({ subject }) => subject],
]);

/** Every property that clients may see; empty where it is not set. */
export function listedProperties(session: Session, config: Config): Facts {
  return namedProperties(session, config.session_properties);
}

export function namedProperties(session: Session, names: readonly string[]): Facts {
  return Object.fromEntries(names.map((name) => [name, propertyOf(session, name) ?? '']));
}

/** What `getSessionInfo` returns: nothing of what is not set. */
export function returnedProperties(session: Session, { returned_properties }: Config): Facts {
  const set = returned_properties.filter((name) => propertyOf(session, name) !== undefined);
  return namedProperties(session, set);
}

export function isListed({ session_properties }: Config, name: string): boolean {
  return session_properties.includes(name);
}

/** Whether clients may set it. */
export function isSettable(config: Config, name: string): boolean {
  return (
    isListed(config, name) &&
    !config.protected_properties.includes(name) &&
    !PROTECTED.includes(name) &&
    !PROTECTED_LEADS.some((lead) => name.startsWith(lead))
  );
}

function propertyOf(session: Session, name: string): string | undefined {
  const own = OWN.get(name);
  if (own) return own(session);
  return Object.hasOwn(session.properties, name) ? session.properties[name] : undefined;
}
