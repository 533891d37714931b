/**
 * Room: what child sessions may take of a session's record. One half is theirs, so that whatever an
 * external system keeps there, the portal and all other dialects have the other.
 */

import type { Facts, Session } from '../../engine/session.ts';
import { parentOf } from './child-facts.ts';
import type { Context } from './context.ts';

/** A record numbers what hangs on it with 16 bits, and none twice. */
const SLOTS = 2 ** 16;

/** Whether one more child session fits. */
export function hasRoomForChild(context: Context, session: Session, facts: Facts): boolean {
  const most = limitsOf(context)?.children ?? Number.POSITIVE_INFINITY;
  const live = session.children.filter((child) => child.end === null && parentOf(child));
  const isFree = live.length < Math.ceil(most / 2) && session.nextSlot < SLOTS / 2;
  return isFree && hasRoomForFacts(context, session, facts);
}

/** Whether children can have more facts: characters as they stand in the record. */
export function hasRoomForFacts(context: Context, session: Session, facts: Facts): boolean {
  const most = limitsOf(context)?.record ?? Number.POSITIVE_INFINITY;
  return JSON.stringify([session.children, facts]).length <= most / 2;
}

function limitsOf({ services: { sessions }, config: { realm } }: Context) {
  return sessions.realms.get(realm)?.policy.limits;
}
