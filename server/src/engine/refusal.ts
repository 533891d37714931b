/**
 * Refusals: every way in which the engine says no. One closed union; each dialect says with
 * `satisfies Record<RefusalCode, ...>` how its protocol speaks of each.
 */

import type { End } from './end.ts';
import type { LimitName } from './policy.ts';
import type { SessionId } from './session.ts';

export type Refusal =
  /** Garbage, forged, of another realm, or of a record that is forgotten. */
  | { readonly refused: 'unknown_token' }
  /** The sign-in is over. */
  | { readonly refused: 'session_ended'; readonly end: End }
  /** The application's hold is over, the sign-in may live on. */
  | { readonly refused: 'grant_ended'; readonly end: End }
  /** The embedded application's session is over, the sign-in may live on. */
  | { readonly refused: 'child_ended'; readonly end: End }
  /** A spent token, presented outside the retry rule: this very call ended the grant. */
  | { readonly refused: 'token_replayed'; readonly end: End }
  /** A ticket that was used before, or has expired. */
  | { readonly refused: 'ticket_spent' }
  | { readonly refused: 'ticket_expired' }
  /** The ticket was issued for another redirect URI, verifier or device. */
  | { readonly refused: 'ticket_mismatch' }
  /** The token belongs to another application. */
  | { readonly refused: 'wrong_client' }
  /** The token is bound to another device or key. */
  | { readonly refused: 'wrong_binding' }
  /** More scope than the grant has. */
  | { readonly refused: 'scope_exceeded'; readonly scope: readonly string[] }
  /** All of the person's sessions were ended while this sign-in was under way. */
  | { readonly refused: 'epoch_moved' }
  /** Another live session has that name. */
  | { readonly refused: 'name_taken'; readonly id: SessionId }
  /** The person has as many sessions as the realm allows, and none is ended for a new one. */
  | { readonly refused: 'quota_reached' }
  | { readonly refused: 'limit_reached'; readonly limit: LimitName };

export type RefusalCode = Refusal['refused'];

export function isRefusal(outcome: object): outcome is Refusal {
  return 'refused' in outcome;
}
