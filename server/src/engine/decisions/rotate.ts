/**
 * Rotate: the retry rule, which is why this server exists.
 *
 * With generation g presented and n current: g = n advances; g = n-1, inside the cap and before the
 * successor was seen used (docs/decisions/0008), gets the same successor again and writes nothing;
 * any other genuine
 * token is a replay and ends the grant. A generation above n can only come from a store that was
 * set back to an older copy, and advances from there (docs/decisions/0003).
 */

import { assert } from '../assert.ts';
import type { Replies, Rotate, UseGrant } from '../command.ts';
import {
  type Decision,
  refuse,
  refuseAndKeep,
  reply,
  replyAndKeep,
  type Seen,
} from '../decision.ts';
import type { End } from '../end.ts';
import { eventOf } from '../event.ts';
import { grantEnd, isEndOfSession, sessionEnd } from '../life.ts';
import { GENERATION_MAX, type Policy, touchThrottle } from '../policy.ts';
import { accessedAt, bySlot, endedWhole, filed, madeRoom, noted, withGrant } from '../record.ts';
import type { Refusal } from '../refusal.ts';
import type { Binding, Grant, Ms, Session } from '../session.ts';

export function rotate(
  command: Rotate,
  seen: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['rotate']> {
  const found = find(command, seen, now, policy);
  if ('outcome' in found) return found;
  const { session, grant } = found;
  const excess = command.scope?.filter((scope) => !grant.scope.includes(scope)) ?? [];
  if (excess.length > 0) return refuse({ refused: 'scope_exceeded', scope: excess });

  if (mustRest(command, grant, now)) return renew(session, grant, now, policy);
  if (command.generation >= grant.generation) return advance(command, session, grant, now);
  if (isRetry(command.generation, grant, now, policy)) {
    const event = eventOf(session, 'grant_retried', grant.client);
    return { ...reply({ session, grant, retry: true, rested: false }), events: [event] };
  }
  return replay(session, grant, now, policy);
}

/** The current generation is too young for a successor. */
function mustRest({ generation, restMs }: Rotate, grant: Grant, now: Ms): boolean {
  // To a clock that is behind, a generation is younger than any.
  const isYoung = restMs > 0 && now - grant.rotatedAt < restMs;
  return isYoung && generation === grant.generation;
}

/**
 * A renewal that leaves the generation as it is. Like any use of the current token it is evidence;
 * like a touch it is written down at most once per throttle.
 */
function renew(
  session: Session,
  grant: Grant,
  now: Ms,
  policy: Policy,
): Decision<Replies['rotate']> {
  const { outcome: seen, events } = evidence(session, grant, now, policy);
  assert(!('refused' in seen), 'evidence is never refused');
  const throttle = touchThrottle(policy, grant.idleMs ?? session.idleMs);
  const isFresh = now - grant.renewedAt <= throttle;
  if (isFresh && seen.grant === grant) {
    return reply({ session, grant, retry: false, rested: true });
  }
  const renewed = { ...seen.grant, renewedAt: Math.max(grant.renewedAt, now) };
  const alive = sessionEnd(session, now) === null;
  const kept = withGrant(alive ? accessedAt(session, now) : session, renewed);
  const outcome = { session: kept, grant: renewed, retry: false, rested: true };
  return replyAndKeep(outcome, [...events, eventOf(session, 'grant_renewed', grant.client)]);
}

/** The current token, or an honest retry of the one before, is good for more than renewal. */
export function useGrant(
  command: UseGrant,
  seen: Seen,
  now: Ms,
  policy: Policy,
): Decision<Replies['use_grant']> {
  const found = find(command, seen, now, policy);
  if ('outcome' in found) return found;
  const { session, grant } = found;
  if (command.generation >= grant.generation) return evidence(session, grant, now, policy);
  if (isRetry(command.generation, grant, now, policy)) return reply({ session, grant });
  return replay(session, grant, now, policy);
}

/**
 * The current generation is in its owner's hands: its predecessor stops being an honest retry.
 * Written once, and only while that matters.
 */
export function evidence(
  session: Session,
  grant: Grant,
  now: Ms,
  policy: Policy,
): Decision<{ session: Session; grant: Grant }> {
  const matters = grant.generation > 1 && !grant.seen && isWithinCap(grant, now, policy);
  if (!matters) return reply({ session, grant });
  const evident = { ...grant, seen: true };
  const event = eventOf(session, 'successor_seen', grant.client);
  return replyAndKeep({ session: withGrant(session, evident), grant: evident }, [event]);
}

/** The live grant that a call may use, or the decision that refuses it. */
function find(
  command: Rotate | UseGrant,
  { session }: Seen,
  now: Ms,
  policy: Policy,
): { session: Session; grant: Grant } | Decision<never> {
  if (!session || session.realm !== command.realm) return refuse({ refused: 'unknown_token' });
  const grant = bySlot(session.grants, command.slot);
  if (!grant) return refuse({ refused: 'grant_ended', end: madeRoom(session) });
  if (command.client !== null && grant.client !== command.client) {
    return refuse({ refused: 'wrong_client' });
  }
  const over = grantOver(session, grant, now);
  if (over) return refuse(over);
  if (!isBoundTo(grant.binding, command.binding)) return refuseBinding(session, grant, now, policy);
  return { session, grant };
}

function advance(
  command: Rotate,
  session: Session,
  grant: Grant,
  now: Ms,
): Decision<Replies['rotate']> {
  if (command.generation >= GENERATION_MAX) {
    return refuse({ refused: 'limit_reached', limit: 'generations' });
  }
  const next: Grant = {
    ...grant,
    generation: command.generation + 1,
    keyId: command.keyId,
    rotatedAt: Math.max(grant.rotatedAt, now),
    renewedAt: Math.max(grant.renewedAt, now),
    seen: false,
  };
  const alive = sessionEnd(session, now) === null;
  const renewed = withGrant(alive ? accessedAt(session, now) : session, next);
  const event = eventOf(session, 'grant_rotated', grant.client);
  return replyAndKeep({ session: renewed, grant: next, retry: false, rested: false }, [event]);
}

/**
 * The window opens at the first use, covers one generation, never slides, and ends on evidence,
 * once the overlap is over in which other tabs may have asked before they knew.
 */
function isRetry(generation: number, grant: Grant, now: Ms, policy: Policy): boolean {
  return generation === grant.generation - 1 && isWindowOpen(grant, now, policy);
}

/** Whether the predecessor of the current generation may still be an honest retry. */
function isWindowOpen(grant: Grant, now: Ms, policy: Policy): boolean {
  const isSettled = grant.seen && now - grant.rotatedAt >= policy.retryOverlapMs;
  return isWithinCap(grant, now, policy) && !isSettled;
}

function isWithinCap(grant: Grant, now: Ms, policy: Policy): boolean {
  const { retryCapUnboundMs, retryCapBoundMs } = policy;
  const usual = grant.binding.kind === 'none' ? retryCapUnboundMs : retryCapBoundMs;
  return now - grant.rotatedAt < (grant.retryCapMs ?? usual);
}

function replay(session: Session, grant: Grant, now: Ms, policy: Policy): Decision<never> {
  const end: End = { reason: 'token_replayed', at: now, by: 'policy' };
  const marked = noted(session, 'token_replayed', grant.client, now, policy);
  const endsSession = (grant.replayEndsSession ?? policy.replayEndsSession) || grant.isSignIn;
  const ended = endsSession
    ? endedWhole(marked, end, now, policy)
    : filed(withGrant(marked, { ...grant, end }), now, policy);
  const events = [{ ...eventOf(session, 'grant_ended', grant.client), reason: end.reason }];
  if (endsSession && !session.end) {
    events.push({ ...eventOf(session, 'session_ended'), reason: end.reason });
  }
  return refuseAndKeep({ refused: 'token_replayed', end }, ended, events);
}

/** The attempt is kept in the history, at most once per throttle: a thief cannot make us write. */
function refuseBinding(session: Session, grant: Grant, now: Ms, policy: Policy): Decision<never> {
  const last = session.history.find(
    (note) => note.what === 'binding_refused' && note.about === grant.client,
  );
  const event = eventOf(session, 'binding_refused', grant.client);
  const refusal = { refused: 'wrong_binding' } as const;
  if (last && now - last.lastAt <= touchThrottle(policy, session.idleMs)) {
    return { ...refuse(refusal), events: [event] };
  }
  const kept = noted(session, 'binding_refused', grant.client, now, policy);
  return refuseAndKeep(refusal, kept, [event]);
}

/** A client's own authentication has been checked by the dialect; the rest must be the very one. */
function isBoundTo(bound: Binding, presented: Binding): boolean {
  if (bound.kind === 'none' || bound.kind === 'client') return true;
  return bound.kind === presented.kind && bound.value === presented.value;
}

/** Why a grant is of no more use, in the words of whatever ended it; undefined while it lives. */
export function grantOver(session: Session, grant: Grant, now: Ms): Refusal | undefined {
  const end = grantEnd(session, grant, now);
  if (!end) return undefined;
  return { refused: isEndOfSession(session, end, now) ? 'session_ended' : 'grant_ended', end };
}
