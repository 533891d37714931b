/**
 * The form of a decision: an answer, the changes that make it true, and what to tell the logs.
 */

import type { Event } from './event.ts';
import type { Policy } from './policy.ts';
import type { Refusal } from './refusal.ts';
import type { Session, SessionId, Subject } from './session.ts';

/** The records that a decision was asked to look at, as they were read. */
export interface Seen {
  readonly session: Session | null;
  readonly subject: Subject | null;
  /** The person's sessions that have not been ended, oldest first; empty where none were asked for. */
  readonly live: readonly Session[];
}

/** What to commit, all or nothing, if the records are still as they were seen. */
export type Change =
  | { readonly type: 'put_session'; readonly session: Session }
  | { readonly type: 'forget_session'; readonly id: SessionId }
  | { readonly type: 'put_subject'; readonly subject: Subject }
  /** Changes nothing, and fails the commit if the subject has changed. */
  | { readonly type: 'check_subject'; readonly realm: string; readonly subject: string };

export interface Decision<Reply> {
  readonly outcome: Reply | Refusal;
  readonly changes: readonly Change[];
  readonly events: readonly Event[];
}

export function refuse(refusal: Refusal): Decision<never> {
  return { outcome: refusal, changes: [], events: [] };
}

/** A refusal that has to be written down all the same. */
export function refuseAndKeep(
  refusal: Refusal,
  session: Session,
  events: readonly Event[],
): Decision<never> {
  return { outcome: refusal, changes: [{ type: 'put_session', session }], events };
}

export function reply<Reply>(outcome: Reply): Decision<Reply> {
  return { outcome, changes: [], events: [] };
}

/** As `replyAndKeep`, for what makes the record longer: refused when that is too long. */
export function replyAndGrow<Reply extends { readonly session: Session }>(
  outcome: Reply,
  events: readonly Event[],
  policy: Policy,
): Decision<Reply> {
  if (JSON.stringify(outcome.session).length > policy.limits.record) {
    return refuse({ refused: 'limit_reached', limit: 'record' });
  }
  return replyAndKeep(outcome, events);
}

export function replyAndKeep<Reply extends { readonly session: Session }>(
  outcome: Reply,
  events: readonly Event[],
): Decision<Reply> {
  return { outcome, changes: [{ type: 'put_session', session: outcome.session }], events };
}
