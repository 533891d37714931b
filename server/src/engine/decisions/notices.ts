/**
 * Notices: clients that are told when a sign-in ends (OpenID Connect Back-Channel Logout 1.0).
 *
 * They stand in the record, so that they become due in the commit that ends it. An attempt is
 * written down before it is made, with the time of the next one: whoever made it may have died, and
 * a client is rather told twice than never.
 */

import type { Replies, SettleNotice } from '../command.ts';
import { type Decision, reply, type Seen } from '../decision.ts';
import { eventOf } from '../event.ts';
import type { NoticePolicy, Policy } from '../policy.ts';
import { filed } from '../record.ts';
import type { Ms, Notice, Session } from '../session.ts';

/** The record with the attempts written down that are to be made now; undefined when none is. */
export function withAttempts(session: Session, now: Ms, policy: Policy) {
  const isNow = ({ state, at }: Notice) => state === 'due' && at <= now;
  if (!session.notices.some(isNow)) return undefined;
  const notices = session.notices.map((notice) =>
    isNow(notice) ? attempted(notice, now, policy.notices) : notice,
  );
  const tried = notices.filter((notice, at) => notice !== session.notices[at]);
  const dead = tried.filter(({ state }) => state === 'dead');
  return {
    session: { ...session, notices },
    tell: tried.filter(({ state }) => state === 'due'),
    events: dead.map(({ client }) => eventOf(session, 'notice_dead', client)),
  };
}

function attempted(notice: Notice, now: Ms, policy: NoticePolicy): Notice {
  if (notice.attempts >= policy.attempts) return { ...notice, state: 'dead', at: now };
  const wait = Math.min(policy.firstMs * 2 ** notice.attempts, policy.longestMs);
  return { ...notice, attempts: notice.attempts + 1, at: now + wait };
}

export function settleNotice(
  command: SettleNotice,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['settle_notice']> {
  const { by, client, fault } = command;
  const found = session?.notices.find((one) => one.client === client && one.by === by);
  if (!session || found?.state !== 'due') return reply({ settled: false });
  const settled: Notice =
    fault === null
      ? { ...found, state: 'delivered', at: now, fault }
      : { ...found, fault: fault.slice(0, FAULT_LENGTH) };
  const notices = session.notices.map((one) => (one === found ? settled : one));
  const kept = filed({ ...session, notices }, now, policy);
  return {
    outcome: { settled: true },
    changes: [{ type: 'put_session', session: kept }],
    events: fault === null ? [eventOf(session, 'notice_delivered', client)] : [],
  };
}

const FAULT_LENGTH = 100;
