/**
 * What the tests of sessions share: sessions that are opened without a sign-in, and their records.
 */

import { strict as assert } from 'node:assert';
import type { Session } from '../../engine/session.ts';
import type { Stage } from './forgerock.testing.ts';
import { KIND, shape } from './shape.ts';

export interface Opened {
  readonly session: Session;
  readonly tokenId: string;
}

/** A session as a sign-in would open it, without the work of a password. */
export async function openSession(
  { services: { sessions } }: Pick<Stage, 'services'>,
  subject: string,
  realm = 'alpha',
): Promise<Opened> {
  const epoch = await sessions.epoch(realm, subject);
  const opened = await sessions.open({ realm, subject, epoch, origin: KIND });
  assert.ok(!('refused' in opened));
  const { session } = opened;
  return { session, tokenId: shape.write(sessions.token(session, KIND)) };
}

/** The record as it stands in the store. */
export async function recordOf(
  { services }: Pick<Stage, 'services'>,
  { session }: Opened,
): Promise<Session> {
  const found = await services.sessions.inspect(session.id);
  assert.ok(found);
  return found.session;
}

/** A config under which there are properties to read and to set. */
export const WITH_PROPERTIES = {
  session_properties: ['LoginLocation', 'Theme', 'AMCtxId', 'Branch', 'AuthLevel'],
  returned_properties: ['AMCtxId', 'Theme', 'LoginLocation'],
  protected_properties: ['Branch'],
  valid_gotos: ['https://app.example.com/*'],
};
