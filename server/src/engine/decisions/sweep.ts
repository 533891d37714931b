/**
 * Sweep: the time that a record was filed under has come.
 *
 * Time ends a session by itself; the sweep writes that down, files a record that was renewed since
 * under its new time, and forgets an ended one when it has been remembered for long enough and all
 * who had to be told of its end have been. It names those who are to be told now.
 */

import type { Replies, Sweep } from '../command.ts';
import { type Decision, reply, type Seen } from '../decision.ts';
import { type Event, eventOf } from '../event.ts';
import { dueNow, isDue, isWhollyOver, sessionEnd } from '../life.ts';
import type { Policy } from '../policy.ts';
import { filed, lapsed, restsFrom } from '../record.ts';
import type { Ms, Session } from '../session.ts';

export function sweep(
  _command: Sweep,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['sweep']> {
  if (!session) return reply({ swept: 'gone', due: [] });
  const end = sessionEnd(session, now);
  if (end && !session.end) {
    const event = { ...eventOf(session, 'session_ended'), reason: end.reason, by: end.by };
    return keep(lapsed(session, end, now, policy), 'ended', now, [event]);
  }
  const isRemembered =
    session.notices.some(isDue) || now < restsFrom(session, now) + policy.rememberMs;
  if (isWhollyOver(session, now) && !isRemembered) {
    return {
      outcome: { swept: 'forgotten', due: [] },
      changes: [{ type: 'forget_session', id: session.id }],
      events: [eventOf(session, 'session_forgotten')],
    };
  }
  const again = filed(session, now, policy);
  return again.dueAt === session.dueAt
    ? reply({ swept: 'filed', due: dueNow(session, now) })
    : keep(again, 'filed', now, []);
}

function keep(
  session: Session,
  swept: 'ended' | 'filed',
  now: Ms,
  events: readonly Event[],
): Decision<Replies['sweep']> {
  const outcome = { swept, due: dueNow(session, now) };
  return { outcome, changes: [{ type: 'put_session', session }], events };
}
