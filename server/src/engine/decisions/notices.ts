/**
 * Notices: clients that are told when a sign-in ends (OpenID Connect Back-Channel Logout 1.0).
 *
 * They stand in the record, so that they become due in the commit that ends it. An attempt is
 * written down before it is made, with the time of the next one: whoever made it may have died, and
 * a client is rather told twice than never. What only waits for its turn is no attempt.
 */

import type { AttemptNotice, Replies, SettleNotice } from '../command.ts';
import { type Decision, reply, type Seen } from '../decision.ts';
import { eventOf } from '../event.ts';
import { isDue } from '../life.ts';
import type { NoticePolicy, Policy } from '../policy.ts';
import { filed } from '../record.ts';
import type { Ms, Notice, Session } from '../session.ts';

export function attemptNotice(
  command: AttemptNotice,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['attempt_notice']> {
  const found = session && find(session, command);
  if (!found || !isDue(found) || found.at > now) return reply({ tell: null });
  const notice = attempted(found, command.fault, now, policy.notices);
  const kept = withNotice(session, found, notice, now, policy);
  const isTold = isDue(notice) && command.fault === null;
  return {
    outcome: { tell: isTold ? { session: kept, notice } : null },
    changes: [{ type: 'put_session', session: kept }],
    events: isDue(notice) ? [] : [eventOf(session, 'notice_dead', notice.client)],
  };
}

function attempted(notice: Notice, fault: string | null, now: Ms, policy: NoticePolicy): Notice {
  if (notice.attempts >= policy.attempts) return { ...notice, state: 'dead', at: now };
  const wait = Math.min(policy.firstMs * 2 ** notice.attempts, policy.longestMs);
  const attempts = notice.attempts + 1;
  return { ...notice, attempts, at: now + wait, fault: fault ?? notice.fault };
}

export function settleNotice(
  command: SettleNotice,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['settle_notice']> {
  const { client } = command;
  const found = session && find(session, command);
  if (!found || !isDue(found)) return reply({ settled: false });
  const fault = command.fault?.slice(0, FAULT_LENGTH) ?? null;
  // The attempt stands there already, and so does what was wrong with the one before.
  if (fault !== null && fault === found.fault) return reply({ settled: true });
  const settled: Notice =
    fault === null ? { ...found, state: 'delivered', at: now, fault } : { ...found, fault };
  return {
    outcome: { settled: true },
    changes: [{ type: 'put_session', session: withNotice(session, found, settled, now, policy) }],
    events: fault === null ? [eventOf(session, 'notice_delivered', client)] : [],
  };
}

function find(session: Session, { by, client }: AttemptNotice | SettleNotice): Notice | undefined {
  return session.notices.find((one) => one.client === client && one.by === by);
}

function withNotice(
  session: Session,
  before: Notice,
  after: Notice,
  now: Ms,
  policy: Policy,
): Session {
  const notices = session.notices.map((one) => (one === before ? after : one));
  return filed({ ...session, notices }, now, policy);
}

const FAULT_LENGTH = 100;
