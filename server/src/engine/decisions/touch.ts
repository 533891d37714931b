/**
 * Touch and look: the session as it stands, with or without resetting the idle clock.
 *
 * A touch inside the throttle writes nothing; that blurs idle time by at most the throttle.
 */

import type { Look, Replies, Touch } from '../command.ts';
import { type Decision, refuse, reply, replyAndKeep, type Seen } from '../decision.ts';
import { eventOf } from '../event.ts';
import { isEndOfSession, sessionEnd } from '../life.ts';
import { type Policy, touchThrottle } from '../policy.ts';
import { accessedAt, bySlot, madeRoom } from '../record.ts';
import type { Refusal } from '../refusal.ts';
import type { Child, Ms, Session } from '../session.ts';

export function touch(
  command: Touch,
  seen: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['touch']> {
  const alive = find(command, seen, now);
  if ('refused' in alive) return refuse(alive);
  const { session, child } = alive;
  if (now - session.lastAccessAt <= touchThrottle(policy, session.idleMs)) {
    return reply({ session, child, moved: false });
  }
  const moved = { session: accessedAt(session, now), child, moved: true };
  return replyAndKeep(moved, [eventOf(session, 'session_renewed')]);
}

export function look(command: Look, seen: Seen, now: Ms): Decision<Replies['look']> {
  const alive = find(command, seen, now);
  return 'refused' in alive ? refuse(alive) : reply(alive);
}

function find(
  command: Touch | Look,
  { session }: Seen,
  now: Ms,
): { session: Session; child: Child | null } | Refusal {
  if (!session || session.realm !== command.realm) return { refused: 'unknown_token' };
  const child = command.slot === 0 ? null : bySlot(session.children, command.slot);
  if (child === undefined) return { refused: 'child_ended', end: madeRoom(session) };
  const end = child?.end ?? sessionEnd(session, now);
  if (!end) return { session, child };
  // A child's own end came first and stays its reason, whatever ended the sign-in later.
  const refused = isEndOfSession(session, end, now) ? 'session_ended' : 'child_ended';
  return { refused, end };
}
