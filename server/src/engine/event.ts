/**
 * Events: what happened, for logs and counters. They hold no secret and no token.
 */

import type { EndReason, Initiator } from './end.ts';
import type { Session } from './session.ts';

export type EventName =
  | 'session_opened'
  | 'session_renewed'
  | 'session_reauthenticated'
  | 'session_ended'
  | 'session_forgotten'
  | 'grant_opened'
  | 'grant_renewed'
  | 'grant_rotated'
  | 'grant_retried'
  | 'grant_ended'
  | 'successor_seen'
  | 'child_opened'
  | 'child_ended'
  | 'ticket_issued'
  | 'binding_refused'
  | 'notice_delivered'
  | 'notice_dead'
  | 'subject_ended';

export interface Event {
  readonly event: EventName;
  readonly realm: string;
  readonly subject: string;
  readonly session?: string;
  /** The client or application that it is about. */
  readonly about?: string;
  readonly reason?: EndReason;
  readonly by?: Initiator;
}

export function eventOf(session: Session, event: EventName, about?: string): Event {
  const { realm, subject, id } = session;
  return { event, realm, subject, session: id, ...(about === undefined ? {} : { about }) };
}
