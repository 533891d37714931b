/**
 * Grants: a new one on a live session, and evidence that one's current generation is in use.
 */

import type { AddGrant, Replies, SeeAccess } from '../command.ts';
import { type Decision, refuse, reply, replyAndKeep, type Seen } from '../decision.ts';
import { sessionEnd } from '../life.ts';
import type { Policy } from '../policy.ts';
import { accessedAt, addGrant as added, bySlot, madeRoom } from '../record.ts';
import type { Ms } from '../session.ts';
import { evidence, grantOver } from './rotate.ts';

export function addGrant(
  command: AddGrant,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['add_grant']> {
  if (!session || session.realm !== command.realm) return refuse({ refused: 'unknown_token' });
  const end = sessionEnd(session, now);
  if (end) return refuse({ refused: 'session_ended', end });
  const grown = added(accessedAt(session, now), command.grant, now, policy);
  if (typeof grown === 'string') return refuse({ refused: 'limit_reached', limit: grown });
  return replyAndKeep({ session: grown.session, grant: grown.grant }, grown.events);
}

/**
 * An access token of some generation was used at introspection, userinfo or any dialect. Those of
 * earlier generations stay good until they expire, and prove nothing.
 */
export function seeAccess(
  command: SeeAccess,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['see_access']> {
  if (!session || session.realm !== command.realm) return refuse({ refused: 'unknown_token' });
  const grant = bySlot(session.grants, command.slot);
  if (!grant) return refuse({ refused: 'grant_ended', end: madeRoom(session) });
  const over = grantOver(session, grant, now);
  if (over) return refuse(over);
  if (command.generation !== grant.generation) return reply({ session, grant });
  return evidence(session, grant, now, policy);
}
