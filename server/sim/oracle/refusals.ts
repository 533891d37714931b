/** Refusals: each has to be deserved, and a token that nobody was given costs nothing but that. */

import type { End } from '../../src/engine/end.ts';
import type { Refusal } from '../../src/engine/refusal.ts';
import { isOp, type Op, tokenOf } from '../asks.ts';
import type { Book } from './book.ts';
import type { Court } from './court.ts';
import type { Ends } from './ends.ts';
import { type About, isTimeReason, type SessionFacts } from './facts.ts';
import { grantLapse } from './lapse.ts';
import { mayBeFull } from './quota.ts';
import { isBound, replayed } from './renewals.ts';
import type { Rows } from './rows.ts';

export interface JudgeParts {
  readonly court: Court;
  readonly book: Book;
  readonly rows: Rows;
  readonly ends: Ends;
}

/** Refusals that are written down. */
const KEPT: readonly string[] = ['token_replayed', 'wrong_binding', 'ticket_spent'];

/** No part of a record is longer, with its line in the history. */
const PART_LENGTH = 1_000;

export class Refusals {
  readonly #parts: JudgeParts;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  /** The answer to a token that nobody was given. */
  forged(op: Op, outcome: unknown): void {
    const { court } = this.#parts;
    const isUnknown =
      typeof outcome === 'object' &&
      outcome !== null &&
      'refused' in outcome &&
      outcome.refused === 'unknown_token';
    court.expect(isUnknown, 'I13', () => `a forged token was good for ${op.type}`);
    court.expect(op.commits === 0, 'I13', () => `a forged token wrote (${op.type})`);
    const isCheap = op.reads === 0 || ('forgery' in op.ask && op.ask.forgery === 'mac');
    court.expect(isCheap, 'I13', () => `a token with a wrong check was looked up (${op.type})`);
  }

  refused(op: Op, refusal: Refusal, about: About): void {
    const { court } = this.#parts;
    const { facts } = about;
    // A name may be found in use before it turns out to be of a later epoch.
    const most = KEPT.includes(refusal.refused) || op.type === 'open_named' ? 1 : 0;
    court.expect(op.commits <= most, 'I13', () => `#${op.number} was refused, and wrote`);
    if (isOp(op, 'open') || isOp(op, 'open_named')) {
      this.#notOpened(op, refusal);
    } else if (facts) {
      if ('end' in refusal) this.#over(op, refusal, facts, about);
      else if (refusal.refused.startsWith('ticket_')) this.#ticket(op, refusal, facts);
      else this.#mismatch(op, refusal, facts, about);
    } else {
      court.fail('bug', `#${op.number} is about a session that nobody knows`);
    }
  }

  /** Something was said to be over. */
  #over(op: Op, refusal: Refusal & { end: End }, facts: SessionFacts, about: About): void {
    const { court, ends, rows } = this.#parts;
    const { grant, known } = about;
    const { end } = refusal;
    const slot = isOp(op, 'redeem') ? 0 : (tokenOf(op)?.slot ?? 0);
    const part = { slot, grant };
    const whole = refusal.refused === 'session_ended';
    const isKept = !rows.isGone(facts.id, slot);
    const isSpared = whole && isKept && grant?.offline === true && isTimeReason(end.reason);
    court.expect(!isSpared, 'I11', () => `offline grant ${slot} of ${facts.id} ended with time`);
    if (refusal.refused === 'token_replayed') {
      const isPresenting = isOp(op, 'rotate') || isOp(op, 'use_grant');
      if (isPresenting && grant) replayed(court, op, facts, grant);
      court.expect(op.commits === 1, 'I3', () => `a replay of ${facts.id} was not written down`);
      const { replayEndsSession } = court.policyOf(facts.realm);
      const isOfSession = replayEndsSession || grant?.isSignIn === true;
      const isLeft = isOfSession && rows.session(facts.id)?.end === null;
      court.expect(!isLeft, 'I3', () => `${facts.id} lives on after a replay`);
    }
    ends.told(op, facts, part, end, whole, known);
  }

  #ticket(op: Op, { refused }: Refusal, facts: SessionFacts): void {
    if (!isOp(op, 'redeem')) return;
    const { court, rows } = this.#parts;
    const { slot } = op.ask.token;
    const ticket = facts.tickets.get(slot);
    if (!ticket) return;
    const what = `ticket ${slot} of ${facts.id}`;
    const row = rows.session(facts.id);
    const kept = row?.tickets.find((each) => each.slot === slot);
    if (refused === 'ticket_expired') {
      const earliest = ticket.made.from - court.half + ticket.lifeMs;
      const isLate = court.now + court.half >= earliest;
      court.expect(isLate, 'I14', () => `${what} expired early`);
    } else if (refused === 'ticket_mismatch') {
      const isSame = JSON.stringify(ticket.conditions) === JSON.stringify(op.ask.conditions);
      court.expect(!isSame, 'I14', () => `${what} was refused to its owner`);
    } else {
      const isSpent = ticket.reusedFrom < Number.POSITIVE_INFINITY;
      court.expect(isSpent || !kept, 'I14', () => `${what} was spent before its first use`);
      const grant = row?.grants.find((each) => each.slot === kept?.grant);
      const isOver = !grant || grant.end !== null || grantLapse(grant) <= court.now + court.half;
      court.expect(isOver, 'I14', () => `${what} was used twice, and grant ${grant?.slot} lives`);
    }
  }

  #mismatch(op: Op, refusal: Refusal, facts: SessionFacts, about: About): void {
    const invariant = refusal.refused === 'limit_reached' ? 'I16' : 'I2';
    const why = () => `#${op.number} ${op.type} was refused: ${refusal.refused}`;
    this.#parts.court.expect(this.#isMismatch(op, refusal, facts, about), invariant, why);
  }

  #isMismatch(op: Op, refusal: Refusal, facts: SessionFacts, { grant }: About): boolean {
    const { rows } = this.#parts;
    const { ask } = op;
    const row = rows.session(facts.id);
    switch (refusal.refused) {
      case 'unknown_token':
        return !row || ('realm' in ask && ask.realm !== facts.realm);
      case 'wrong_client': {
        const { slot } = tokenOf(op) ?? { slot: 0 };
        const owner = isOp(op, 'redeem') ? facts.tickets.get(slot)?.client : grant?.client;
        return 'client' in ask && ask.client !== owner;
      }
      case 'wrong_binding':
        return 'binding' in ask && !!grant && !isBound(grant.binding, ask.binding);
      case 'scope_exceeded': {
        const scope = (isOp(op, 'rotate') && op.ask.scope) || [];
        return scope.some((one) => !grant?.scope.includes(one));
      }
      case 'limit_reached':
        return this.#isFull(op, refusal.limit, facts);
      default:
        return false;
    }
  }

  #isFull({ type }: Op, limit: string, { id, realm }: SessionFacts): boolean {
    const { court, rows } = this.#parts;
    const { limits } = court.policyOf(realm);
    const row = rows.session(id);
    const isGrant = type === 'add_grant' || type === 'redeem';
    const isAdding = isGrant || type === 'add_child' || type === 'issue_ticket';
    if (limit === 'record') return isAdding && rows.lengthOf(id) + PART_LENGTH > limits.record;
    if (limit === 'children')
      return type === 'add_child' && row?.children.length === limits.children;
    if (limit === 'tickets')
      return type === 'issue_ticket' && row?.tickets.length === limits.tickets;
    // Those that were in its way may be spent or gone by now.
    if (limit === 'tickets')
      return type === 'issue_ticket' && (row?.nextSlot ?? 0) > limits.tickets;
    const isTold = row?.notices.length === limits.grants;
    return limit === 'grants' && isGrant && (isTold || row?.grants.length === limits.grants);
  }

  #notOpened(op: Op<'open'> | Op<'open_named'>, refusal: Refusal): void {
    const { court, book, rows } = this.#parts;
    const { open, epochRead } = op.ask;
    const isMoved = book
      .everywhere(open.realm, open.subject)
      .some(({ by }) => by >= epochRead.from);
    const isFull = refusal.refused === 'limit_reached' && refusal.limit === 'named';
    if (refusal.refused === 'quota_reached') {
      const { quota, rememberMs } = court.policyOf(open.realm);
      const kept = rows.keptOf(open.realm, open.subject);
      // Those that were in its way may be forgotten by now.
      const isLong = court.now + 2 * court.half >= op.from + rememberMs;
      const isDue = isLong || mayBeFull(court, quota, op.from, kept);
      court.expect(isDue, 'I19', () => `#${op.number} ${op.type} was refused below the quota`);
      return;
    }
    court.expect(
      refusal.refused === 'epoch_moved' ? isMoved : isFull && op.type === 'open_named',
      'I10',
      () => `#${op.number} ${op.type} was refused: ${refusal.refused}`,
    );
  }
}
