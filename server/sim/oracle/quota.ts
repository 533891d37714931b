/**
 * Quota: nobody has more live sessions than their realm allows, and no more are ended than that takes
 * (I19). Clocks differ, so a session is alive for certain, or only perhaps.
 */

import type { Quota } from '../../src/engine/policy.ts';
import type { Ms, Session, SessionId } from '../../src/engine/session.ts';
import type { Court } from './court.ts';
import { isTimeReason } from './facts.ts';
import { sessionLapse } from './lapse.ts';

/** A record, and what became of it when. */
export interface Kept {
  readonly session: Session;
  /** When it was last changed though it had lapsed for some clock. */
  readonly revivedAt: Ms;
  /** When each end was written down, by slot; 0 for the session. */
  readonly endedAt: ReadonlyMap<number, Ms>;
}

/** A sign-in as it was committed. */
export interface SignIn {
  readonly from: Ms;
  readonly opened: Session;
  readonly others: readonly Kept[];
  readonly isVictim: (id: SessionId) => boolean;
}

export function checkQuota(court: Court, quota: Quota | null, signIn: SignIn): void {
  const { from, opened, others, isVictim } = signIn;
  const victims = others.filter(({ session }) => isVictim(session.id));
  const wrong = victims.find(({ session }) => session.end?.reason !== 'made_room');
  court.expect(!wrong, 'I19', () => `${wrong?.session.id} ended with the sign-in ${opened.id}`);
  if (!quota) {
    court.expect(victims.length === 0, 'I19', () => `${opened.id} needed no room`);
    return;
  }
  const { sessions, whenReached } = quota;
  const certain = others.filter((each) => isCertain(court, each, from));
  const whose = `${opened.realm}/${opened.subject}`;
  const count = certain.length + 1;
  court.expect(count <= sessions, 'I19', () => `${whose} has ${count} sessions, not ${sessions}`);
  if (victims.length === 0) return;
  court.expect(whenReached !== 'deny', 'I19', () => `${opened.id} ended others instead of itself`);
  if (whenReached === 'end_all') return;
  const stayed = others.filter(({ session }) => !isVictim(session.id));
  const left = stayed.filter((each) => isPossible(court, each, from)).length + 1;
  court.expect(left >= sessions, 'I19', () => `${whose} has ${left} sessions left of ${sessions}`);
  if (whenReached !== 'end_oldest') return;
  const latest = Math.max(...victims.map(({ session }) => session.createdAt));
  const older = certain.find(({ session }) => session.createdAt < latest);
  court.expect(!older, 'I19', () => `${older?.session.id} is older than what made room`);
}

/** Whether a sign-in that was refused may have found as many as are allowed. */
export function mayBeFull(court: Court, quota: Quota | null, from: Ms, kept: readonly Kept[]) {
  if (quota?.whenReached !== 'deny') return false;
  return kept.filter((each) => isPossible(court, each, from)).length >= quota.sessions;
}

/** Alive for every clock, since before the sign-in was asked for or since it was opened. */
function isCertain(court: Court, { session, revivedAt }: Kept, from: Ms): boolean {
  return !session.end && sessionLapse(session) > court.now + court.half && revivedAt < from;
}

/** Alive for some clock at some moment since. */
function isPossible(court: Court, { session, endedAt }: Kept, from: Ms): boolean {
  const lapse =
    session.end && isTimeReason(session.end.reason) ? session.end.at : sessionLapse(session);
  return (endedAt.get(0) ?? court.now) >= from && lapse >= from - court.half;
}
