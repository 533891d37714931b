/** When a record ends by itself: the observer's own reckoning, apart from the engine's. */

import type { Grant, Ms, Session } from '../../src/engine/session.ts';

/** When the sign-in lapses with no further use. */
export function sessionLapse(session: Session): Ms {
  return Math.min(session.lastAccessAt + session.idleMs, session.endsAt);
}

/** When a grant lapses with no further use, the sign-in under it aside. */
export function grantLapse(grant: Grant): Ms {
  const rest = grant.idleMs === null ? Number.POSITIVE_INFINITY : grant.rotatedAt + grant.idleMs;
  return Math.min(rest, grant.endsAt);
}

/** When the last part of the record is over, if nothing is used any more. */
export function overAt(session: Session): Ms {
  const whole = session.end?.at ?? sessionLapse(session);
  const grants = session.grants.map((grant) => {
    if (grant.end) return grant.end.at;
    return grant.offline ? grantLapse(grant) : Math.min(whole, grantLapse(grant));
  });
  return Math.max(whole, ...grants);
}

/** When the first part ends, of those that nobody has ended and that have not lapsed by `after`. */
export function firstLapse(session: Session, after: Ms): Ms | null {
  const lapses = session.grants
    .filter((grant) => grant.offline && !grant.end)
    .map((grant) => grantLapse(grant));
  if (!session.end) lapses.push(sessionLapse(session));
  const ahead = lapses.filter((lapse) => lapse > after);
  return ahead.length === 0 ? null : Math.min(...ahead);
}
