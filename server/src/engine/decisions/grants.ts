/**
 * Grants: a new one on a live session, and evidence that one's current generation is in use.
 */

import type { AddGrant, Replies, SeeAccess } from '../command.ts';
import { type Decision, refuse, reply, replyAndGrow, type Seen } from '../decision.ts';
import type { Policy } from '../policy.ts';
import { accessedAt, bySlot, madeRoom, withNewGrant } from '../record.ts';
import type { Ms } from '../session.ts';
import { liveSession } from './live.ts';
import { evidence, grantOver } from './rotate.ts';

export function addGrant(
  command: AddGrant,
  seen: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['add_grant']> {
  const session = liveSession(command, seen, now);
  if ('refused' in session) return refuse(session);
  const grown = withNewGrant(accessedAt(session, now), command.grant, now, policy);
  if (typeof grown === 'string') return refuse({ refused: 'limit_reached', limit: grown });
  return replyAndGrow({ session: grown.session, grant: grown.grant }, grown.events, policy);
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
