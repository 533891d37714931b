/**
 * Ends: why a session, or a part of one, is over. Every end has one reason, expiry included.
 */

import type { Child, Grant, Ms, Session } from './session.ts';

export type EndReason =
  | 'signed_out'
  | 'signed_out_everywhere'
  | 'ended_by_administrator'
  | 'password_changed'
  | 'idle_timeout'
  | 'absolute_timeout'
  | 'token_replayed'
  | 'code_replayed'
  | 'revoked_by_client'
  | 'made_room';

/** Who brought it about, in the words of CAEP 1.0 (section 2, `initiating_entity`). */
export type Initiator = 'user' | 'admin' | 'policy' | 'system';

export interface End {
  readonly reason: EndReason;
  readonly at: Ms;
  readonly by: Initiator;
}

/**
 * What ended the sign-in, the mere passing of time included; null while it lives.
 * The answer is the same before and after the sweep has written it down.
 */
export function sessionEnd(session: Session, now: Ms): End | null {
  if (session.end) return session.end;
  return lapse(session.lastAccessAt + session.idleMs, session.endsAt, now);
}

/** What ended a grant: itself, time, or the sign-in under it. Null while it lives. */
export function grantEnd(session: Session, grant: Grant, now: Ms): End | null {
  if (grant.end) return grant.end;
  const signIn = grant.offline ? null : sessionEnd(session, now);
  return signIn ?? lapse(restLimit(grant), grant.endsAt, now);
}

/** What ended a child: itself, or the sign-in under it. Null while it lives. */
export function childEnd(session: Session, child: Child, now: Ms): End | null {
  return child.end ?? sessionEnd(session, now);
}

/** The moment at which, with no further use, the first part of the record ends by itself. */
export function nextLapse(session: Session, now: Ms): Ms | null {
  const ends = session.grants
    .filter((grant) => grant.offline && !grantEnd(session, grant, now))
    .map((grant) => Math.min(restLimit(grant), grant.endsAt));
  if (!sessionEnd(session, now)) {
    ends.push(Math.min(session.lastAccessAt + session.idleMs, session.endsAt));
  }
  return ends.length === 0 ? null : Math.min(...ends);
}

/** The last end in the record: from here on it is only remembered. */
export function lastEndAt(session: Session): Ms {
  const grants = session.grants.map((grant) => grant.end?.at ?? 0);
  return Math.max(session.end?.at ?? 0, ...grants);
}

function restLimit(grant: Grant): Ms {
  return grant.idleMs === null ? Number.POSITIVE_INFINITY : grant.rotatedAt + grant.idleMs;
}

function lapse(idleEnd: Ms, absoluteEnd: Ms, now: Ms): End | null {
  const at = Math.min(idleEnd, absoluteEnd);
  if (now < at) return null;
  const reason = idleEnd < absoluteEnd ? 'idle_timeout' : 'absolute_timeout';
  return { reason, at, by: 'policy' };
}
