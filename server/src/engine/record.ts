/**
 * Changes of a record that several decisions share. Each returns a new record.
 */

import type { GrantDraft } from './command.ts';
import type { End } from './end.ts';
import { type Event, eventOf } from './event.ts';
import { childEnd, grantEnd, isDue, nextLapse, sessionEnd } from './life.ts';
import { type LimitName, type Policy, SLOT_MAX } from './policy.ts';
import type { Child, Facts, Grant, Ms, Note, Notice, Session, Slot, Ticket } from './session.ts';

/** Last access moves forward only, whatever the clock of this node says. */
export function accessedAt(session: Session, now: Ms): Session {
  return now > session.lastAccessAt ? { ...session, lastAccessAt: now } : session;
}

export function withGrant(session: Session, grant: Grant): Session {
  return { ...session, grants: replaceSlot(session.grants, grant) };
}

export function withChild(session: Session, child: Child): Session {
  return { ...session, children: replaceSlot(session.children, child) };
}

export function withTicket(session: Session, ticket: Ticket): Session {
  return { ...session, tickets: replaceSlot(session.tickets, ticket) };
}

export function bySlot<Part extends { readonly slot: Slot }>(
  parts: readonly Part[],
  slot: Slot,
): Part | undefined {
  return parts.find((part) => part.slot === slot);
}

/** A line in the history; a line that is there already is counted instead. */
export function noted(
  session: Session,
  what: Note['what'],
  about: string,
  now: Ms,
  policy: Policy,
): Session {
  const same = session.history.find((note) => note.what === what && note.about === about);
  const others = session.history.filter((note) => note !== same);
  const note = same
    ? { ...same, lastAt: Math.max(same.lastAt, now), count: same.count + 1 }
    : { what, about, firstAt: now, lastAt: now, count: 1 };
  return { ...session, history: [...others, note].slice(-policy.limits.history) };
}

/** Ends the sign-in and, in the same change, all that hangs on it and still lives. */
export function endedWhole(session: Session, end: End, now: Ms, policy: Policy): Session {
  return endedParts(session, end, now, policy, () => true);
}

/** Time has ended the sign-in: grants that may outlive it do, all else ends with it. */
export function lapsed(session: Session, end: End, now: Ms, policy: Policy): Session {
  return endedParts(session, end, now, policy, (grant) => !grant.offline);
}

function endedParts(
  session: Session,
  end: End,
  now: Ms,
  policy: Policy,
  ends: (grant: Grant) => boolean,
): Session {
  const grants = session.grants.map((grant) => {
    const own = grantEnd(session, grant, now);
    return { ...grant, end: own ?? (ends(grant) ? end : null) };
  });
  const children = session.children.map((child) => ({
    ...child,
    end: childEnd(session, child, now) ?? end,
  }));
  const ended = {
    ...session,
    end: sessionEnd(session, now) ?? end,
    grants,
    children,
    tickets: [],
    notices: session.notices.map((notice) =>
      notice.state === 'waiting' ? { ...notice, state: 'due' as const, at: now } : notice,
    ),
  };
  return filed(ended, now, policy);
}

/** Files the record for the sweep: at its next lapse, or when it may be forgotten. */
export function filed(session: Session, now: Ms, policy: Policy): Session {
  // What has lapsed is written down: a clock that is behind would find it alive, and filed too late.
  const grants = session.grants.map((grant) =>
    grant.offline && !grant.end ? { ...grant, end: grantEnd(session, grant, now) } : grant,
  );
  const lapse = nextLapse({ ...session, grants }, now);
  const due = session.notices.filter(isDue).map(({ at }) => at);
  const isHeld = lapse !== null || due.length > 0;
  const next = lapse ?? Number.POSITIVE_INFINITY;
  const dueAt = isHeld ? Math.min(next, ...due) : restsFrom(session, now) + policy.rememberMs;
  return { ...session, grants, dueAt };
}

/** When the last live part of a record ended. */
export function restsFrom(session: Session, now: Ms): Ms {
  const ends = session.grants.map((grant) => grantEnd(session, grant, now)?.at ?? now);
  return Math.max(sessionEnd(session, now)?.at ?? now, ...ends);
}

/** The next slot number; undefined when the record has used them all. */
export function takeSlot(session: Session): Slot | undefined {
  return session.nextSlot > SLOT_MAX ? undefined : session.nextSlot;
}

/** Whether named values stay within the record's limits. */
export function fits(facts: Facts, policy: Policy): boolean {
  const entries = Object.entries(facts);
  return (
    entries.length <= policy.limits.properties &&
    entries.every(([name, value]) => name.length + value.length <= policy.limits.propertyLength)
  );
}

/**
 * With one more grant. At the limit an ended one makes room, else the oldest that was never
 * renewed: one of the newcomer's own client before anybody else's. Grants in use are not sacrificed.
 */
export function withNewGrant(
  session: Session,
  draft: GrantDraft,
  now: Ms,
  policy: Policy,
): { session: Session; grant: Grant; events: readonly Event[] } | LimitName {
  if (!fits(draft.facts, policy)) return 'properties';
  const slot = takeSlot(session);
  if (slot === undefined) return 'slots';
  const isIdle = (grant: Grant) => grant.generation === 1 && !grant.offline;
  const room = roomIn(session.grants, policy.limits.grants, [
    (grant) => grantEnd(session, grant, now) !== null,
    (grant) => isIdle(grant) && grant.client === draft.client,
    isIdle,
  ]);
  if (!room) return 'grants';
  const grant = newGrant(session, slot, draft, now);
  const notices = withNotice(session.notices, draft, now);
  if (notices.length > policy.limits.grants) return 'grants';
  const grown = { ...session, nextSlot: slot + 1, grants: [...room, grant], notices };
  const lapse = nextLapse(grown, now) ?? session.dueAt;
  const dueAt = Math.min(session.dueAt, lapse);
  return {
    session: noted({ ...grown, dueAt }, 'grant_opened', grant.client, now, policy),
    grant,
    events: [eventOf(session, 'grant_opened', grant.client)],
  };
}

/** One for each client, with what its latest grant says. */
function withNotice(
  notices: readonly Notice[],
  { client, notice }: GrantDraft,
  now: Ms,
): readonly Notice[] {
  if (!notice) return notices;
  const { by, facts } = notice;
  const others = notices.filter((one) => one.client !== client || one.by !== by);
  const waiting = {
    by,
    client,
    facts,
    state: 'waiting',
    attempts: 0,
    at: now,
    fault: null,
  } as const;
  return [...others, waiting];
}

function newGrant(session: Session, slot: Slot, draft: GrantDraft, now: Ms): Grant {
  const endsAt = now + draft.lifeMs;
  return {
    slot,
    client: draft.client,
    scope: draft.scope,
    binding: draft.binding,
    isSignIn: draft.isSignIn,
    offline: draft.offline,
    createdAt: now,
    generation: 1,
    keyId: draft.keyId,
    rotatedAt: now,
    renewedAt: now,
    seen: false,
    retryCapMs: draft.retryCapMs,
    replayEndsSession: draft.replayEndsSession,
    idleMs: draft.idleMs,
    endsAt: draft.offline ? endsAt : Math.min(endsAt, session.endsAt),
    facts: draft.facts,
    end: null,
  };
}

/**
 * The parts that stay when one more has to fit: all of them below the limit, else without those
 * that the earliest willing rules name. Undefined when no rule names any.
 */
export function roomIn<Part>(
  parts: readonly Part[],
  limit: number,
  rules: readonly ((part: Part) => boolean)[],
): readonly Part[] | undefined {
  // More than one too many, when the limit was lowered since.
  let room = parts;
  while (room.length >= limit) {
    const stay: readonly Part[] = room;
    const victim = rules.map((rule) => stay.find(rule)).find((part) => part !== undefined);
    if (victim === undefined) return undefined;
    room = stay.filter((part) => part !== victim);
  }
  return room;
}

/**
 * The end of a part whose slot is no longer there: it had to make room, and when is not remembered.
 * Parts that end with their session stay in the record.
 */
export function madeRoom(session: Session): End {
  return { reason: 'made_room', at: session.createdAt, by: 'policy' };
}

function replaceSlot<Part extends { readonly slot: Slot }>(
  parts: readonly Part[],
  changed: Part,
): readonly Part[] {
  return parts.map((part) => (part.slot === changed.slot ? changed : part));
}
