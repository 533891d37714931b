/**
 * Live: the session that a command may add something to.
 */

import type { Seen } from '../decision.ts';
import { sessionEnd } from '../life.ts';
import type { Refusal } from '../refusal.ts';
import type { Ms, Session } from '../session.ts';

export function liveSession(
  { realm }: { readonly realm: string },
  { session }: Seen,
  now: Ms,
): Session | Refusal {
  if (!session || session.realm !== realm) return { refused: 'unknown_token' };
  const end = sessionEnd(session, now);
  return end ? { refused: 'session_ended', end } : session;
}
