/**
 * Sweep: the time that a record was filed under has come.
 *
 * Time ends a session by itself; the sweep writes that down, files a record that was renewed since
 * under its new time, and forgets an ended one when it has been remembered for long enough. It
 * writes down the attempts to tell clients that are due, and hands them out to be made.
 */

import type { Replies, Sweep } from '../command.ts';
import { type Decision, reply, type Seen } from '../decision.ts';
import { type Event, eventOf } from '../event.ts';
import { isWhollyOver, sessionEnd } from '../life.ts';
import type { Policy } from '../policy.ts';
import { filed, lapsed, restsFrom } from '../record.ts';
import type { Ms, Session } from '../session.ts';
import { withAttempts } from './notices.ts';

export function sweep(
  _command: Sweep,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['sweep']> {
  if (!session) return reply({ swept: 'gone', tell: null });
  const end = sessionEnd(session, now);
  if (end && !session.end) {
    const event = { ...eventOf(session, 'session_ended'), reason: end.reason, by: end.by };
    return keep(lapsed(session, end, now, policy), 'ended', [event]);
  }
  const told = withAttempts(session, now, policy);
  if (told) {
    const kept = filed(told.session, now, policy);
    return {
      outcome: { swept: 'filed', tell: { session: kept, notices: told.tell } },
      changes: [{ type: 'put_session', session: kept }],
      events: told.events,
    };
  }
  if (isWhollyOver(session, now) && now >= restsFrom(session, now) + policy.rememberMs) {
    return {
      outcome: { swept: 'forgotten', tell: null },
      changes: [{ type: 'forget_session', id: session.id }],
      events: [eventOf(session, 'session_forgotten')],
    };
  }
  const again = filed(session, now, policy);
  return again.dueAt === session.dueAt
    ? reply({ swept: 'filed', tell: null })
    : keep(again, 'filed', []);
}

function keep(
  session: Session,
  swept: 'ended' | 'filed',
  events: readonly Event[],
): Decision<Replies['sweep']> {
  return { outcome: { swept, tell: null }, changes: [{ type: 'put_session', session }], events };
}
