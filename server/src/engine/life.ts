/**
 * Life: whether a session, or a part of one, is over, the mere passing of time included.
 */

import type { End } from './end.ts';
import type { Child, Grant, Ms, Notice, Session } from './session.ts';

/**
 * What ended the sign-in, the mere passing of time included; null while it lives.
 * The answer is the same before and after the sweep has written it down.
 */
export function sessionEnd(session: Session, now: Ms): End | null {
  if (session.end) return session.end;
  return lapse(session.lastAccessAt + session.idleMs, session.endsAt, now);
}

/**
 * What ended a grant: itself, time, or the sign-in under it, whichever came first. Null while it
 * lives.
 */
export function grantEnd(session: Session, grant: Grant, now: Ms): End | null {
  if (grant.end) return grant.end;
  const rested = lapse(restLimit(grant), grant.endsAt, now);
  const signIn = grant.offline ? null : sessionEnd(session, now);
  return rested && signIn && rested.at < signIn.at ? rested : (signIn ?? rested);
}

/** What ended a child: itself, or the sign-in under it. Null while it lives. */
export function childEnd(session: Session, child: Child, now: Ms): End | null {
  return child.end ?? sessionEnd(session, now);
}

/** Whether a part ended with the sign-in under it, and not by itself. */
export function isEndOfSession(session: Session, end: End, now: Ms): boolean {
  const whole = sessionEnd(session, now);
  return whole !== null && whole.at === end.at && whole.reason === end.reason;
}

/** Over, and nothing that may outlive it is alive. */
export function isWhollyOver(session: Session, now: Ms): boolean {
  return (
    sessionEnd(session, now) !== null &&
    session.grants.every((grant) => grantEnd(session, grant, now) !== null)
  );
}

/** When the sign-in ends by itself, if nobody uses it any more. */
export function sessionLapsesAt(session: Session): Ms {
  return Math.min(session.lastAccessAt + session.idleMs, session.endsAt);
}

/** When a grant ends by itself, if nobody uses it any more. */
export function grantLapsesAt(session: Session, grant: Grant): Ms {
  const own = Math.min(restLimit(grant), grant.endsAt);
  return grant.offline ? own : Math.min(own, sessionLapsesAt(session));
}

/** The moment at which, with no further use, the first part of the record ends by itself. */
export function nextLapse(session: Session, now: Ms): Ms | null {
  const ends = session.grants
    .filter((grant) => grant.offline && !grantEnd(session, grant, now))
    .map((grant) => grantLapsesAt(session, grant));
  if (!sessionEnd(session, now)) {
    ends.push(sessionLapsesAt(session));
  }
  return ends.length === 0 ? null : Math.min(...ends);
}

/** Somebody is still to be told that the sign-in has ended, now or later. */
export function isDue({ state }: Notice): boolean {
  return state === 'due';
}

/** Those whom to tell it is time. */
export function dueNow({ notices }: Session, now: Ms): readonly Notice[] {
  return notices.filter((notice) => isDue(notice) && notice.at <= now);
}

function restLimit(grant: Grant): Ms {
  return grant.idleMs === null ? Number.POSITIVE_INFINITY : grant.renewedAt + grant.idleMs;
}

function lapse(idleEnd: Ms, absoluteEnd: Ms, now: Ms): End | null {
  const at = Math.min(idleEnd, absoluteEnd);
  if (now < at) return null;
  const reason = idleEnd < absoluteEnd ? 'idle_timeout' : 'absolute_timeout';
  return { reason, at, by: 'policy' };
}
