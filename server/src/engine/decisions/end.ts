/**
 * Ends: of a session with all that hangs on it, of one part, of everything a person has open.
 *
 * Ended is final: whoever asks again is told that it was so already, and the first reason stays.
 */

import type { EndPart, EndSession, EndSubject, Replies, SettleSubject } from '../command.ts';
import { type Decision, refuse, reply, replyAndKeep, type Seen } from '../decision.ts';
import type { End } from '../end.ts';
import { eventOf } from '../event.ts';
import { childEnd, grantEnd, isWhollyOver } from '../life.ts';
import type { Policy } from '../policy.ts';
import { bySlot, endedWhole, filed, noted, withChild, withGrant } from '../record.ts';
import type { Child, Grant, Ms, Session } from '../session.ts';

export function endSession(
  command: EndSession,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['end_session']> {
  if (!session || session.realm !== command.realm) return refuse({ refused: 'unknown_token' });
  const isSpared = command.beforeEpoch !== null && session.epoch >= command.beforeEpoch;
  if (isSpared || isWritten(session)) return reply({ session, ended: false });
  const wasOver = isWhollyOver(session, now);
  const end: End = { reason: command.reason, at: now, by: command.by };
  const ended = endedWhole(session, end, now, policy);
  const { reason, by } = ended.end ?? end;
  const event = { ...eventOf(session, 'session_ended'), reason, by };
  return replyAndKeep({ session: ended, ended: !wasOver }, [event]);
}

/**
 * Whether every end stands in the record. What only time has ended is written down by whoever is
 * asked to end it: to a node whose clock is behind it is not over, and could still be renewed.
 */
function isWritten({ end, grants }: Session): boolean {
  return end !== null && grants.every((grant) => grant.end !== null);
}

export function endPart(
  command: EndPart,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['end_part']> {
  if (!session || session.realm !== command.realm) return refuse({ refused: 'unknown_token' });
  const end: End = { reason: command.reason, at: now, by: command.by };
  const grant = bySlot(session.grants, command.slot);
  if (grant) return endGrant(session, grant, end, now, policy);
  const child = bySlot(session.children, command.slot);
  if (child) return endChild(session, child, end, now, policy);
  return reply({ session, ended: false });
}

function endGrant(
  session: Session,
  grant: Grant,
  end: End,
  now: Ms,
  policy: Policy,
): Decision<Replies['end_part']> {
  if (grant.end) return reply({ session, ended: false });
  const over = grantEnd(session, grant, now);
  const ended = noted(
    withGrant(session, { ...grant, end: over ?? end }),
    'grant_ended',
    grant.client,
    now,
    policy,
  );
  const event = { ...eventOf(session, 'grant_ended', grant.client), reason: (over ?? end).reason };
  return replyAndKeep({ session: filed(ended, now, policy), ended: !over }, [event]);
}

function endChild(
  session: Session,
  child: Child,
  end: End,
  now: Ms,
  policy: Policy,
): Decision<Replies['end_part']> {
  if (child.end) return reply({ session, ended: false });
  const over = childEnd(session, child, now);
  const { application } = child;
  const ended = noted(
    withChild(session, { ...child, end: over ?? end }),
    'child_ended',
    application,
    now,
    policy,
  );
  const event = { ...eventOf(session, 'child_ended', application), reason: (over ?? end).reason };
  return replyAndKeep({ session: ended, ended: !over }, [event]);
}

/**
 * A new epoch: a sign-in that is under way with the old one is refused, and the sessions that are
 * open are found by the subject index and ended, by this process or by the sweep after it.
 */
export function endSubject(
  command: EndSubject,
  { subject }: Seen,
  now: Ms,
): Decision<Replies['end_subject']> {
  const before = subject ?? { ...command, epoch: 0, named: {} };
  const moved = {
    realm: command.realm,
    subject: command.subject,
    epoch: before.epoch + 1,
    ending: { reason: command.reason, at: now, by: command.by },
    named: {},
  };
  const { realm, reason, by } = command;
  const event = { event: 'subject_ended', realm, subject: command.subject, reason, by } as const;
  return {
    outcome: { subject: moved },
    changes: [{ type: 'put_subject', subject: moved }],
    events: [event],
  };
}

export function settleSubject(
  command: SettleSubject,
  { subject }: Seen,
): Decision<Replies['settle_subject']> {
  if (!subject?.ending || subject.epoch !== command.epoch) return reply({ settled: false });
  const settled = { ...subject, ending: null };
  return {
    outcome: { settled: true },
    changes: [{ type: 'put_subject', subject: settled }],
    events: [],
  };
}
