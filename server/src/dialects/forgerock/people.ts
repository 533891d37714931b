/**
 * Whom a name that clients send stands for.
 */

import type { Context } from './context.ts';

/**
 * The subject that a person's sessions are filed under, which AM hands out as their user name.
 * Somebody who has left the directory is still known by sessions that are open; undefined for nobody.
 */
export async function findSubject(
  { services: { directory, sessions } }: Context,
  realm: string,
  username: string,
): Promise<string | undefined> {
  if (!username.isWellFormed()) return undefined;
  const person =
    (await directory.resolve(realm, username)) ?? (await directory.find(realm, username));
  if (person) return person.subject;
  const { sessions: open } = await sessions.live(realm, username, 1);
  return open.length > 0 ? username : undefined;
}
