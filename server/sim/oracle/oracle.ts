/**
 * The oracle: watches what is asked, answered and committed in a world, and knows what was promised.
 *
 * It shares no code with the engine. From outside it knows who was told what and when; from inside
 * it sees each commit. It is told of an answer when the node gives it, even if it gets lost then.
 */

import type { Refusal } from '../../src/engine/refusal.ts';
import type { Ms, Notice, Session, Slot } from '../../src/engine/session.ts';
import type { Write } from '../../src/stores/store.ts';
import { type Answered, type AskType, isOp, type Op, tokenOf } from '../asks.ts';
import { Book } from './book.ts';
import type { Court } from './court.ts';
import { Ends } from './ends.ts';
import { type About, type Bounds, type GrantFacts, noteUse, type SessionFacts } from './facts.ts';
import { Notices } from './notices.ts';
import { Refusals } from './refusals.ts';
import { isDirected, presented, replayed } from './renewals.ts';
import { Replies } from './replies.ts';
import { Rows } from './rows.ts';

/** Asks that count as somebody being there. */
const ACCESSES: ReadonlySet<AskType> = new Set<AskType>([
  'touch',
  'open_named',
  'rotate',
  'add_grant',
  'add_child',
  'issue_ticket',
  'redeem',
]);

export class Oracle {
  readonly #court: Court;
  readonly #book: Book;
  readonly #notices: Notices;
  readonly #rows: Rows;
  readonly #ends: Ends;
  readonly #replies: Replies;
  readonly #refusals: Refusals;
  readonly #underWay = new Map<Op, About>();

  constructor(court: Court) {
    this.#court = court;
    this.#book = new Book(court.half);
    this.#notices = new Notices(court);
    const onChange = (op: Op, before: Session | undefined, after: Session) =>
      this.#changed(op, before, after);
    this.#rows = new Rows(court, this.#notices, onChange);
    const parts = { court, book: this.#book, rows: this.#rows };
    this.#ends = new Ends(parts);
    this.#replies = new Replies({ ...parts, ends: this.#ends });
    this.#refusals = new Refusals({ ...parts, ends: this.#ends });
  }

  asked(op: Op): void {
    const facts = this.#book.session(idOf(op));
    const grant = facts?.grants.get(tokenOf(op)?.slot ?? -1);
    const known = { access: facts?.access.low ?? 0, rest: grant?.rest.low ?? 0 };
    const moves: Bounds[] = [];
    if (facts && ACCESSES.has(op.type)) moves.push(facts.access);
    if (grant && isOp(op, 'rotate')) moves.push(grant.rest);
    for (const bounds of moves) bounds.pending += 1;
    const everywhere = isOp(op, 'end_subject') ? this.#book.noteEverywhere(op) : undefined;
    this.#underWay.set(op, { facts, grant, everywhere, known, moves });
    if (facts && !isForged(op)) this.#noteCause(op, facts, grant);
  }

  /** The node has failed or crashed, and may have carried it out all the same. */
  failed(op: Op): void {
    const high = this.#court.now + this.#court.half;
    for (const bounds of this.#underWay.get(op)?.moves ?? []) {
      bounds.pending -= 1;
      bounds.high = Math.max(bounds.high, high);
    }
    this.#underWay.delete(op);
  }

  /** The node has failed in a way that no fault explains. */
  broken(op: Op, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#court.fail('bug', `#${op.number} ${op.type} threw ${text}`);
  }

  /** False when it is no part of what was asked. */
  committed(op: Op, writes: readonly Write[]): boolean {
    return this.#rows.committed(op, writes);
  }

  /** A node calls a client that is to be told of an end. */
  telling(session: Session, notice: Notice): void {
    this.#notices.telling(session, notice, this.#rows.session(session.id));
  }

  /** The client has taken it, whatever the node learns of that. */
  took(session: Session, notice: Notice): void {
    this.#notices.took(session, notice);
  }

  answered(answered: Answered): void {
    const { op, outcome } = answered;
    const about = this.#underWay.get(op);
    if (!about) return;
    this.#underWay.delete(op);
    for (const bounds of about.moves) bounds.pending -= 1;
    const isRefused = typeof outcome === 'object' && 'refused' in outcome;
    if (isForged(op)) this.#refusals.forged(op, outcome);
    else if (isRefused) this.#refusals.refused(op, outcome as Refusal, about);
    else this.#replies.answered(answered, about);
    if (isRefused) return;
    const high = this.#court.now + this.#court.half;
    for (const bounds of about.moves) bounds.high = Math.max(bounds.high, high);
  }

  /** Everything has been swept that ever will be: nothing may be left. */
  checkEmpty(): void {
    const left = this.#rows.sessions.map(({ id }) => id);
    this.#court.expect(left.length === 0, 'I17', () => `never swept: ${left}`);
    const unsettled = this.#rows.unsettled.map(({ realm, subject }) => `${realm}/${subject}`);
    this.#court.expect(unsettled.length === 0, 'I10', () => `never settled: ${unsettled}`);
  }

  /** When the last record that is left is looked at by a sweep; null when none is left. */
  get lastDue(): Ms | null {
    const dues = [
      ...this.#rows.sessions.map(({ dueAt }) => dueAt),
      ...this.#rows.unsettled.map(({ ending }) => ending?.at ?? 0),
    ];
    return dues.length === 0 ? null : Math.max(...dues);
  }

  #noteCause(op: Op, facts: SessionFacts, grant: GrantFacts | undefined): void {
    if (isOp(op, 'end_session')) noteEnd(facts, 0, op);
    if (isOp(op, 'end_part')) noteEnd(facts, op.ask.slot, op);
    const isPresenting = isOp(op, 'rotate') || isOp(op, 'use_grant');
    if (isPresenting && grant && isDirected(op, facts, grant)) presented(op, grant);
    if (isOp(op, 'see_access') && grant) noteUse(grant.seen, op.ask.token.generation, op.from);
    if (!isOp(op, 'redeem')) return;
    const ticket = facts.tickets.get(op.ask.token.slot);
    if (!ticket) return;
    const isUsed = ticket.usedFrom < Number.POSITIVE_INFINITY;
    if (isUsed) ticket.reusedFrom = Math.min(ticket.reusedFrom, op.from);
    ticket.usedFrom = Math.min(ticket.usedFrom, op.from);
  }

  /** A commit has changed a session's record. */
  #changed(op: Op, before: Session | undefined, after: Session): void {
    const facts = this.#book.session(after.id);
    if (!facts || !before) return;
    if (after.lastAccessAt > before.lastAccessAt) {
      this.#ends.revived(op, facts, 0);
      // Which session a name stands for is not known before the answer, which may be lost.
      const high = this.#court.now + this.#court.half;
      if (op.type === 'open_named') facts.access.high = Math.max(facts.access.high, high);
    }
    for (const grant of after.grants) {
      const old = before.grants.find(({ slot }) => slot === grant.slot);
      if (!old) continue;
      if (grant.generation > old.generation) this.#ends.revived(op, facts, grant.slot);
      // Judged here too: the answer may never be given.
      const isReplay = !old.end && grant.end?.reason === 'token_replayed';
      const known = facts.grants.get(grant.slot);
      const isPresenting = isOp(op, 'rotate') || isOp(op, 'use_grant');
      if (!known || !isReplay || !isPresenting || op.ask.token.slot !== grant.slot) continue;
      replayed(this.#court, op, facts, known);
    }
  }

  /** In few words what an op is about, for the trace. */
  describe(op: Op): string {
    const { ask } = op;
    const token = tokenOf(op);
    if (token) {
      const by = isOp(op, 'rotate') ? ` by ${op.ask.holder}` : '';
      return `${token.id} ${token.slot}.${token.generation}${by}${isForged(op) ? ' forged' : ''}`;
    }
    if ('session' in ask) return `${ask.session.id}${'slot' in ask ? ` ${ask.slot}` : ''}`;
    if ('subject' in ask) return `${ask.realm}/${ask.subject}`;
    if ('open' in ask) return `${ask.open.realm}/${ask.open.subject}`;
    return idOf(op);
  }
}

function isForged({ ask }: Op): boolean {
  return 'forgery' in ask && ask.forgery !== undefined;
}

function idOf(op: Op): string {
  const { ask } = op;
  if ('session' in ask) return ask.session.id;
  return tokenOf(op)?.id ?? ('id' in ask ? ask.id : '');
}

function noteEnd(facts: SessionFacts, slot: Slot, op: Op<'end_session'> | Op<'end_part'>): void {
  const causes = facts.causes.get(slot) ?? new Map();
  facts.causes.set(slot, causes);
  const { reason } = op.ask.why;
  if (!causes.has(reason)) causes.set(reason, op.from);
}
