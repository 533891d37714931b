/**
 * Policy: the settings of a realm that decisions depend on.
 */

import type { Ms } from './session.ts';

export interface Policy {
  /** A touch is written down when the last one is older than this. Bounds the error of idle time. */
  readonly touchThrottleMs: Ms;
  /** How long after its first use a spent token of an unbound grant may be an honest retry. */
  readonly retryCapUnboundMs: Ms;
  /** The same for a grant that is bound to a client secret, a device or a key. */
  readonly retryCapBoundMs: Ms;
  /**
   * How long after its first use a spent token may be an honest retry although its successor was
   * seen in use already: other tabs and late answers of the same owner.
   */
  readonly retryOverlapMs: Ms;
  /** Whether a replayed token ends the whole session, and not its grant alone. */
  readonly replayEndsSession: boolean;
  /** How long an ended record is remembered, so that "ended" differs from "never was". */
  readonly rememberMs: Ms;
  /** How many sessions a person may have at once in the realm; null for as many as they like. */
  readonly quota: Quota | null;
  readonly notices: NoticePolicy;
  readonly limits: Limits;
}

/** How long it is tried to tell a client that a sign-in has ended. */
export interface NoticePolicy {
  /** Then nobody tries again. */
  readonly attempts: number;
  /** From the first attempt to the second; doubled each time. */
  readonly firstMs: Ms;
  readonly longestMs: Ms;
}

export interface Quota {
  readonly sessions: number;
  /** What one sign-in too many does: is refused, or ends others. */
  readonly whenReached: 'deny' | 'end_next_expiring' | 'end_oldest' | 'end_all';
}

/** What a record can hold. At a limit, room is made or the request is refused. */
export interface Limits {
  readonly grants: number;
  readonly children: number;
  readonly tickets: number;
  readonly history: number;
  readonly properties: number;
  /** Characters of one property, fact or condition, its name included. */
  readonly propertyLength: number;
  readonly named: number;
  /** Characters of the whole record as JSON, when something is added to it. */
  readonly record: number;
}

/** Slots and generations end where the widest token shape has no room for more. */
export type LimitName = keyof Limits | 'slots' | 'generations';

/** The slot numbers that the widest token shape can carry. */
export const SLOT_MAX = 0xffff;

/** The generations that the widest token shape can carry. */
export const GENERATION_MAX = 0xffff_ffff;

/**
 * Idle time is never blurred by more than a quarter of itself, so that somebody who acts twice
 * within it is not signed out by the throttle.
 */
export function touchThrottle(policy: Policy, idleMs: Ms): Ms {
  return Math.min(policy.touchThrottleMs, Math.floor(idleMs / 4));
}
