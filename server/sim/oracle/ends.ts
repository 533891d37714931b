/** Ends: who was told that what is over, and whether that was true and stays so (I5, I7, I10, I11). */

import type { End } from '../../src/engine/end.ts';
import type { Ms, Slot } from '../../src/engine/session.ts';
import type { Op } from '../asks.ts';
import type { Book } from './book.ts';
import type { Court } from './court.ts';
import { type GrantFacts, isTimeReason, type Known, type SessionFacts } from './facts.ts';
import type { Rows } from './rows.ts';

export interface EndsParts {
  readonly court: Court;
  readonly book: Book;
  readonly rows: Rows;
}

const NEVER = Number.POSITIVE_INFINITY;

/** A part of a session, in the ways that matter for its end. */
export interface Part {
  readonly slot: Slot;
  /** It may outlive the sign-in. */
  readonly grant?: GrantFacts | undefined;
}

export class Ends {
  readonly #parts: EndsParts;

  constructor(parts: EndsParts) {
    this.#parts = parts;
  }

  /** Somebody was told that this is over. `whole`: with the sign-in, and not by itself. */
  told(op: Op, facts: SessionFacts, part: Part, end: End, whole: boolean, known: Known): void {
    const { court } = this.#parts;
    const what = partName(facts, part.slot);
    const inTime = end.at <= court.now + court.half;
    court.expect(inTime, 'I11', () => `${what} ended ${end.reason} in the future`);
    if (isTimeReason(end.reason)) this.#checkTime(facts, part, end, whole, known);
    else this.#checkCause(facts, part, end);
    this.#checkStays(op, facts, part.slot, end, whole);
    if (whole && part.slot !== 0) this.#checkStays(op, facts, 0, end, true);
  }

  /** Something was answered as if alive: nobody may have been told before that it is over. */
  alive(op: Op, facts: SessionFacts, part: Part): void {
    const { court, rows } = this.#parts;
    const { half } = court;
    const what = partName(facts, part.slot);
    const isOffline = part.grant?.offline ?? false;
    for (const slot of new Set([0, part.slot])) {
      const told = facts.told.get(slot);
      const isLapse = told !== undefined && isTimeReason(told.reason);
      const isOver = told !== undefined && !isLapse && told.since < op.from;
      court.expect(!isOver, 'I5', () => `${what} lives, and was ended: ${told?.reason}`);
      const isEnded = (facts.endedBy.get(slot) ?? NEVER) < op.from;
      court.expect(!isEnded, 'I5', () => `${what} lives after it was acknowledged as ended`);
      const endedAt = rows.endedAt(facts.id, slot) ?? NEVER;
      const reason = slot === 0 ? rows.session(facts.id)?.end?.reason : undefined;
      const isSpared = isOffline && reason !== undefined && isTimeReason(reason);
      const isWritten = endedAt < op.from && !isSpared;
      court.expect(!isWritten, 'I5', () => `${what} lives, and its end is written down`);
    }
    const gone = this.#parts.book
      .everywhere(facts.realm, facts.subject)
      .find(({ from, by }) => from > facts.epochRead.by && by < op.from);
    court.expect(!gone, 'I10', () => `${what} outlives a sign-out everywhere`);
    if (part.grant) this.#checkGrantTime(op, part.grant, what);
    if (isOffline) return;
    const idleEnd = facts.access.high + facts.idleMs;
    const isHere = facts.access.pending > 0 || op.from - half < idleEnd;
    court.expect(isHere, 'I7', () => `${what} lives ${op.from - idleEnd} ms after its idle end`);
    const isEarly = op.from - half < facts.made.by + half + facts.lifeMs;
    court.expect(isEarly, 'I6', () => `${what} lives after its absolute end`);
  }

  /** Access or a renewal was written down: what had lapsed by one clock had not by another. */
  revived(op: Op, facts: SessionFacts, slot: Slot): void {
    const { court } = this.#parts;
    facts.revivedAt.set(slot, court.now);
    for (const [toldSlot, told] of facts.told) {
      const isMeant = slot === 0 ? told.whole : toldSlot === slot && !told.whole;
      if (!isMeant || !isTimeReason(told.reason)) continue;
      const mayBe = op.from - court.half < told.at;
      court.expect(mayBe, 'I5', () => `${partName(facts, toldSlot)} lapsed and lives again`);
      facts.told.delete(toldSlot);
    }
  }

  #checkGrantTime(op: Op, grant: GrantFacts, what: string): void {
    const { court } = this.#parts;
    const start = op.from - court.half;
    const restEnd = grant.idleMs === null ? NEVER : grant.rest.high + grant.idleMs;
    const isHere = grant.rest.pending > 0 || start < restEnd;
    court.expect(isHere, 'I7', () => `${what} lives after its idle end`);
    const isEarly = start < grant.made.by + court.half + grant.lifeMs;
    court.expect(isEarly, 'I6', () => `${what} lives after its absolute end`);
  }

  /** Nobody is ended earlier than the idle time less the throttle after they were last there. */
  #checkTime(facts: SessionFacts, part: Part, end: End, whole: boolean, known: Known): void {
    const { court } = this.#parts;
    const { half } = court;
    const what = partName(facts, part.slot);
    const grant = whole ? undefined : part.grant;
    const sessionEnd = facts.made.from - half + facts.lifeMs;
    if (end.reason === 'absolute_timeout') {
      const own = grant ? grant.made.from - half + grant.lifeMs : sessionEnd;
      const earliest = grant?.offline === false ? Math.min(own, sessionEnd) : own;
      court.expect(end.at >= earliest, 'I11', () => `${what} ended ${earliest - end.at} ms early`);
      return;
    }
    const earliest = grant ? known.rest + (grant.idleMs ?? NEVER) : known.access + facts.idleMs;
    court.expect(end.at >= earliest, 'I7', () => `${what} idled ${earliest - end.at} ms too short`);
  }

  #checkCause(facts: SessionFacts, { slot, grant }: Part, end: End): void {
    const { court } = this.#parts;
    const earliest = Math.min(
      facts.causes.get(0)?.get(end.reason) ?? NEVER,
      facts.causes.get(slot)?.get(end.reason) ?? NEVER,
      ...this.#parts.book
        .everywhere(facts.realm, facts.subject)
        .filter(({ reason }) => reason === end.reason)
        .map(({ from }) => from),
      end.reason === 'token_replayed' ? this.#reusedFrom(facts, grant) : NEVER,
      ...(end.reason === 'code_replayed' ? [...facts.tickets.values()] : [])
        .filter((ticket) => ticket.grant === slot)
        .map((ticket) => ticket.reusedFrom),
    );
    const isGone = this.#parts.rows.isGone(facts.id, slot);
    // A part for another, or the whole sign-in for the next one of its person.
    const row = this.#parts.rows.session(facts.id);
    const hasMadeRoom = isGone || !row || row.end?.reason === 'made_room';
    const mayBe = end.reason === 'made_room' ? hasMadeRoom : earliest - court.half <= end.at;
    court.expect(
      mayBe,
      'I11',
      () => `${partName(facts, slot)} ended ${end.reason} without a cause`,
    );
  }

  #reusedFrom(facts: SessionFacts, grant: GrantFacts | undefined): Ms {
    const { replayEndsSession } = this.#parts.court.policyOf(facts.realm);
    const grants = [...facts.grants.values()].filter(
      (each) => each === grant || each.isSignIn || replayEndsSession,
    );
    return Math.min(NEVER, ...grants.map((each) => each.reusedFrom));
  }

  /** The first reason stays. */
  #checkStays(op: Op, facts: SessionFacts, slot: Slot, end: End, whole: boolean): void {
    const { court } = this.#parts;
    const before = facts.told.get(slot);
    // An answer from before the last change says how it was then.
    const moved = facts.revivedAt.get(whole ? 0 : slot) ?? 0;
    if (op.from <= moved || (before && op.from <= before.since)) return;
    const isHard = !isTimeReason(end.reason);
    if (before) {
      const isSame = before.reason === end.reason && before.at === end.at;
      // It had to make room: the record has forgotten it, and with it the reason.
      const hasForgotten = this.#parts.rows.isGone(facts.id, slot);
      // A clock that is behind has not seen the lapse, and had it ended before.
      const isBefore = isTimeReason(before.reason) && isHard && end.at < before.at;
      court.expect(
        isSame || hasForgotten || isBefore,
        'I11',
        () =>
          `${partName(facts, slot)} was ended ${before.reason} at ${before.at}, ` +
          `now ${end.reason} at ${end.at}`,
      );
    }
    const since = before?.reason === end.reason ? before.since : court.now;
    facts.told.set(slot, { reason: end.reason, at: end.at, since, whole });
  }
}

function partName({ id }: SessionFacts, slot: Slot): string {
  return slot === 0 ? `session ${id}` : `part ${slot} of ${id}`;
}
