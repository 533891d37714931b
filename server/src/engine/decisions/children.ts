/**
 * Children: an embedded application opens a session of its own under this one.
 */

import type { AddChild, Replies } from '../command.ts';
import { type Decision, refuse, replyAndKeep, type Seen } from '../decision.ts';
import { eventOf } from '../event.ts';
import { childEnd, sessionEnd } from '../life.ts';
import type { Policy } from '../policy.ts';
import { accessedAt, makeRoom, noted, takeSlot } from '../record.ts';
import type { Child, Ms } from '../session.ts';
import { fits } from './open.ts';

export function addChild(
  command: AddChild,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['add_child']> {
  if (!session || session.realm !== command.realm) return refuse({ refused: 'unknown_token' });
  const end = sessionEnd(session, now);
  if (end) return refuse({ refused: 'session_ended', end });
  if (!fits(command.facts, policy)) {
    return refuse({ refused: 'limit_reached', limit: 'properties' });
  }
  const slot = takeSlot(session);
  const room = makeRoom(session, session.children, policy.limits.children, [
    (child) => childEnd(session, child, now) !== null,
  ]);
  if (typeof slot === 'string' || !room) {
    return refuse({ refused: 'limit_reached', limit: 'children' });
  }
  const { application, facts } = command;
  const child: Child = { slot, application, createdAt: now, facts, end: null };
  const grown = { ...accessedAt(session, now), nextSlot: slot + 1, children: [...room, child] };
  return replyAndKeep({ session: noted(grown, 'child_opened', application, now, policy), child }, [
    eventOf(session, 'child_opened', application),
  ]);
}
