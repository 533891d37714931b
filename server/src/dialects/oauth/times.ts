/**
 * The times of the tokens that a generation of a grant stands for.
 */

import type { Grant, Ms, Session } from '../../engine/session.ts';

/** All in seconds; the first two since 1970. */
export interface Times {
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** What remains. */
  readonly expiresIn: number;
}

/**
 * How long an access token of this grant is good. Applications renew when it runs out: under a
 * session that idles out it has half the idle time at most, so that whoever is active stays in
 * (docs/decisions/0007).
 */
export function accessLife(session: Session, grant: Pick<Grant, 'offline'>, configuredMs: Ms): Ms {
  return grant.offline ? configuredMs : Math.min(configuredMs, session.idleMs / 2);
}

/**
 * They are counted from the moment at which the generation began, so that a retry gets the times
 * of the answer that was lost. A retry so late that those have passed, which a long cap allows,
 * gets the next stretch of the same length. No token outlives the grant's absolute end.
 */
export function timesOf(grant: Grant, lifeMs: Ms, now: Ms): Times {
  // A second at least: a realm's idle time may be shorter than two.
  const life = Math.max(1, Math.floor(lifeMs / 1000));
  const seconds = Math.floor(now / 1000);
  const begun = Math.floor(grant.rotatedAt / 1000);
  const passed = Math.max(0, Math.floor((seconds - begun) / life));
  const issuedAt = begun + passed * life;
  const expiresAt = Math.min(issuedAt + life, Math.ceil(grant.endsAt / 1000));
  return { issuedAt, expiresAt, expiresIn: expiresAt - seconds };
}

/** Of a token that is made now, and lives no longer than until a given end. */
export function timesFrom(now: Ms, lifeMs: Ms, endsAt: Ms = Number.POSITIVE_INFINITY): Times {
  const issuedAt = Math.floor(now / 1000);
  const life = Math.max(1, Math.floor(lifeMs / 1000));
  const expiresAt = Math.min(issuedAt + life, Math.ceil(endsAt / 1000));
  return { issuedAt, expiresAt, expiresIn: expiresAt - issuedAt };
}
