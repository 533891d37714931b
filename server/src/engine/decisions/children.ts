/**
 * Children: an embedded application opens a session of its own under this one.
 */

import type { AddChild, Replies } from '../command.ts';
import { type Decision, refuse, replyAndGrow, type Seen } from '../decision.ts';
import { eventOf } from '../event.ts';
import type { Policy } from '../policy.ts';
import { accessedAt, fits, noted, roomIn, takeSlot } from '../record.ts';
import type { Child, Ms } from '../session.ts';
import { liveSession } from './live.ts';

export function addChild(
  command: AddChild,
  seen: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['add_child']> {
  const session = liveSession(command, seen, now);
  if ('refused' in session) return refuse(session);
  if (!fits(command.facts, policy)) {
    return refuse({ refused: 'limit_reached', limit: 'properties' });
  }
  const slot = takeSlot(session);
  if (slot === undefined) return refuse({ refused: 'limit_reached', limit: 'slots' });
  const { limits } = policy;
  const room = roomIn(session.children, limits.children, [(child) => child.end !== null]);
  if (!room) return refuse({ refused: 'limit_reached', limit: 'children' });
  const { application, facts } = command;
  const child: Child = { slot, application, createdAt: now, facts, end: null };
  const grown = { ...accessedAt(session, now), nextSlot: slot + 1, children: [...room, child] };
  const outcome = { session: noted(grown, 'child_opened', application, now, policy), child };
  return replyAndGrow(outcome, [eventOf(session, 'child_opened', application)], policy);
}
