/**
 * Ends: why a session, or a part of one, is over. Every end has one reason, expiry included.
 */

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
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly at: number;
  readonly by: Initiator;
}
