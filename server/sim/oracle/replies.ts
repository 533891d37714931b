/** Replies: what was granted has to be due, and becomes part of what is known. */

import type { Refusal } from '../../src/engine/refusal.ts';
import type { Grant, Session, Slot } from '../../src/engine/session.ts';
import type { GrantAsk } from '../../src/sessions/sessions.ts';
import type { Answered, Asks, AskType, Op, Outcomes } from '../asks.ts';
import { type About, noteUse, type SessionFacts } from './facts.ts';
import { sessionLapse } from './lapse.ts';
import type { JudgeParts } from './refusals.ts';
import { served, used } from './renewals.ts';

type Reply<Type extends AskType> = Exclude<Outcomes[Type], Refusal>;

export class Replies {
  readonly #parts: JudgeParts;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  answered(answered: Answered, about: About): void {
    const { facts } = about;
    if (answered.type === 'open') this.#opened(answered.op, granted(answered));
    else if (answered.type === 'open_named') this.#named(answered.op, granted(answered));
    else if (facts) this.#ofSession(answered, facts, about);
    else this.#general(answered, about);
  }

  #ofSession(answered: Answered, facts: SessionFacts, about: About): void {
    const { op } = answered;
    switch (answered.type) {
      case 'touch':
      case 'look':
        this.#touched(answered.op, facts, granted(answered));
        break;
      case 'rotate':
        this.#renewed(answered.op, facts, about, granted(answered));
        break;
      case 'use_grant':
        this.#used(answered.op, facts, about);
        break;
      case 'see_access':
        this.#seen(answered.op, facts, about);
        break;
      case 'add_grant':
        this.#noticed(granted(answered).session, answered.ask.grant);
        this.#added(op, facts, answered.ask.grant.lifeMs, granted(answered));
        break;
      case 'add_child':
        this.#childAdded(op, facts, granted(answered));
        break;
      case 'issue_ticket':
        this.#ticketIssued(answered.op, facts, granted(answered));
        break;
      case 'redeem':
        this.#redeemed(answered.op, facts, granted(answered));
        break;
      case 'end_session':
      case 'end_part':
        this.#ended(answered.op, facts, about, granted(answered));
        break;
      default:
        this.#general(answered, about);
    }
  }

  #opened(op: Op<'open'>, { session, grant, token, signOn }: Reply<'open'>): void {
    const { court, book } = this.#parts;
    const { open, epochRead } = op.ask;
    const made = { from: op.from, by: court.now };
    const lifeMs = session.endsAt - session.createdAt;
    const facts = book.open(session, made, epochRead, lifeMs);
    court.expect(op.commits === 1, 'bug', () => `#${op.number} opened and wrote ${op.commits}`);
    const isLate = book
      .everywhere(open.realm, open.subject)
      .some(({ from, by }) => from > epochRead.by && by < op.from);
    court.expect(!isLate, 'I10', () => `${session.id} was opened after a sign-out everywhere`);
    book.issue(signOn);
    if (grant && token && open.grant) {
      book.issue(token);
      this.#noticed(session, open.grant);
      book.addGrant(facts, grant, made, open.grant.lifeMs);
    }
  }

  /** A new session, or the one that has the name. */
  #named(op: Op<'open_named'>, { session, signOn }: Reply<'open_named'>): void {
    const { court, book } = this.#parts;
    book.issue(signOn);
    const known = book.session(session.id);
    if (known) {
      this.#parts.ends.alive(op, known, { slot: 0 });
      return;
    }
    const { half } = court;
    // The decision was before the commit, and the commit before any answer.
    const made = { from: session.createdAt - half, by: court.now };
    // Somebody else may have opened it, and never heard of it.
    const epochRead = { from: made.from, by: Number.POSITIVE_INFINITY };
    const facts = book.open(session, made, epochRead, session.endsAt - session.createdAt);
    facts.access.high = court.now + half;
  }

  #touched(
    op: Op<'touch'> | Op<'look'>,
    facts: SessionFacts,
    reply: Reply<'touch'> | Reply<'look'>,
  ): void {
    const { court, ends } = this.#parts;
    const { slot } = op.ask.token;
    court.expect(
      op.ask.realm === facts.realm,
      'I5',
      () => `${facts.id} was found in another realm`,
    );
    court.expect((reply.child?.slot ?? 0) === slot, 'bug', () => `another part than ${slot}`);
    ends.alive(op, facts, { slot });
    const moved = 'moved' in reply && reply.moved;
    const writes = moved ? 1 : 0;
    court.expect(op.commits === writes, 'I13', () => `#${op.number} wrote ${op.commits} times`);
    if (!('moved' in reply)) return;
    const { touchThrottleMs } = court.policyOf(facts.realm);
    const blur = moved ? 0 : Math.min(touchThrottleMs, Math.floor(facts.idleMs / 4));
    facts.access.low = Math.max(facts.access.low, op.from - court.half - blur);
  }

  #renewed(op: Op<'rotate'>, facts: SessionFacts, about: About, reply: Reply<'rotate'>): void {
    const { court, book, ends } = this.#parts;
    const { grant } = about;
    const { slot, generation } = op.ask.token;
    if (!grant) {
      court.fail('bug', `grant ${slot} of ${facts.id} is nobody's`);
      return;
    }
    book.issue(reply.token);
    ends.alive(op, facts, { slot, grant });
    served(court, op, facts, grant, reply);
    const first = grant.uses.get(generation)?.from ?? op.from;
    grant.rest.low = Math.max(grant.rest.low, first - court.half);
    // A renewal with an offline grant does not wake a sign-in that has lapsed.
    if (reply.retry || grant.offline) return;
    facts.access.low = Math.max(facts.access.low, op.from - court.half);
  }

  #used(op: Op<'use_grant'>, facts: SessionFacts, { grant }: About): void {
    const { court, ends } = this.#parts;
    const { slot } = op.ask.token;
    if (!grant) {
      court.fail('bug', `grant ${slot} of ${facts.id} is nobody's`);
      return;
    }
    ends.alive(op, facts, { slot, grant });
    used(court, op, facts, grant);
  }

  #seen(op: Op<'see_access'>, facts: SessionFacts, { grant }: About): void {
    const { slot, generation } = op.ask.token;
    if (!grant) return;
    this.#parts.ends.alive(op, facts, { slot, grant });
    const use = noteUse(grant.seen, generation, op.from);
    use.by = Math.min(use.by, this.#parts.court.now);
  }

  #added(
    op: Op,
    facts: SessionFacts,
    lifeMs: number,
    { grant, token }: { grant: Grant; token: Reply<'add_grant'>['token'] },
  ): void {
    const { court, book } = this.#parts;
    this.#accessed(op, facts);
    book.issue(token);
    book.addGrant(facts, grant, { from: op.from, by: court.now }, lifeMs);
  }

  #childAdded(op: Op, facts: SessionFacts, { child, token }: Reply<'add_child'>): void {
    const { court, book } = this.#parts;
    this.#accessed(op, facts);
    book.issue(token);
    facts.children.set(child.slot, { from: op.from, by: court.now });
  }

  #ticketIssued(
    op: Op<'issue_ticket'>,
    facts: SessionFacts,
    { ticket, token }: Reply<'issue_ticket'>,
  ): void {
    const { court, book } = this.#parts;
    this.#accessed(op, facts);
    book.issue(token);
    book.addTicket(facts, ticket, { from: op.from, by: court.now }, op.ask.lifeMs);
  }

  #redeemed(op: Op<'redeem'>, facts: SessionFacts, reply: Reply<'redeem'>): void {
    const { court } = this.#parts;
    const { token, client, conditions } = op.ask;
    const ticket = facts.tickets.get(token.slot);
    const what = `ticket ${token.slot} of ${facts.id}`;
    if (!ticket) {
      court.fail('I14', `${what} was never issued`);
      return;
    }
    const isUnused = ticket.usedBy === Number.POSITIVE_INFINITY;
    court.expect(isUnused, 'I14', () => `${what} was used twice`);
    const isSame = JSON.stringify(ticket.conditions) === JSON.stringify(conditions);
    court.expect(isSame && ticket.client === client, 'I14', () => `${what} was used by another`);
    const latest = ticket.made.by + ticket.lifeMs + 2 * court.half;
    court.expect(op.from < latest, 'I14', () => `${what} was used after its end`);
    ticket.usedBy = court.now;
    ticket.grant = reply.grant.slot;
    this.#noticed(reply.session, { client, ...op.ask.grant });
    this.#added(op, facts, op.ask.grant.lifeMs, reply);
  }

  /** A client that is to be told of the end stands in the record. */
  #noticed({ id, notices }: Session, { client, notice }: Pick<GrantAsk, 'client' | 'notice'>) {
    const isThere = !notice || notices.some((each) => each.client === client);
    this.#parts.court.expect(isThere, 'I20', () => `${id} does not know whom to tell: ${client}`);
  }

  #ended(
    op: Op<'end_session'> | Op<'end_part'>,
    facts: SessionFacts,
    { known }: About,
    { session, ended }: Reply<'end_session'>,
  ): void {
    const { court, ends } = this.#parts;
    const slot: Slot = 'slot' in op.ask ? op.ask.slot : 0;
    court.expect(!ended || op.commits === 1, 'I5', () => `#${op.number} ended, and wrote nothing`);
    const made =
      slot === 0 ? facts.made : (facts.grants.get(slot)?.made ?? facts.children.get(slot));
    // Something that nobody was ever given; or not yet, when an administrator named its slot.
    if (!made) return;
    if (made.by < op.from && !facts.endedBy.has(slot)) facts.endedBy.set(slot, court.now);
    const part = [...session.grants, ...session.children].find((each) => each.slot === slot);
    const end = slot === 0 ? session.end : (part?.end ?? null);
    court.expect(!ended || end !== null, 'I5', () => `#${op.number} ended nothing`);
    if (!end) return;
    const whole = end.at === (session.end?.at ?? sessionLapse(session));
    ends.told(op, facts, { slot, grant: facts.grants.get(slot) }, end, whole, known);
  }

  #general(answered: Answered, { facts, everywhere, known }: About): void {
    const { court, book, rows, ends } = this.#parts;
    const { op } = answered;
    if (answered.type === 'end_subject') {
      if (everywhere) everywhere.by = court.now;
      rows.checkEnded(answered.op);
    } else if (answered.type === 'epoch') {
      const { realm, subject } = answered.ask;
      const past = book.everywhere(realm, subject).filter(({ by }) => by < op.from).length;
      court.expect(answered.outcome >= past, 'I10', () => `${subject} is in an old epoch`);
    } else if (answered.type === 'inspect' && facts) {
      const { outcome } = answered;
      const isThere = outcome !== undefined || !rows.session(facts.id);
      court.expect(isThere, 'I5', () => `${facts.id} is not to be found`);
      if (outcome?.end) ends.told(op, facts, { slot: 0 }, outcome.end, true, known);
      else if (outcome) ends.alive(op, facts, { slot: 0 });
    } else if (answered.type === 'list') {
      this.#listed(answered.op, answered.ask, answered.outcome);
    }
  }

  /** Complete, and in order: those that live, those that have ended; what ends meanwhile is in both. */
  #listed(op: Op<'list'>, { realm, subject }: Asks['list'], outcome: Outcomes['list']): void {
    const { court, book, rows } = this.#parts;
    const ids = outcome.map(({ session }) => session.id);
    const twice = ids.filter((id, at) => ids.indexOf(id) < at);
    const areMoved = twice.every((id) => rows.session(id)?.end);
    court.expect(areMoved, 'I17', () => `${subject} has a session twice`);
    const times = outcome.map(({ session }) => session.createdAt);
    const turns = times.filter((time, at) => time < (times[at - 1] ?? 0)).length;
    const isInOrder = turns <= 1;
    court.expect(isInOrder, 'I17', () => `the sessions of ${subject} are out of order`);
    for (const facts of book.ofSubject(realm, subject)) {
      if (facts.made.by >= op.from || !rows.session(facts.id)) continue;
      const isListed = ids.includes(facts.id);
      court.expect(isListed, 'I17', () => `${facts.id} is missing among those of ${subject}`);
    }
  }

  /** Something was added to a live session. */
  #accessed(op: Op, facts: SessionFacts): void {
    const { court, ends } = this.#parts;
    ends.alive(op, facts, { slot: 0 });
    court.expect(op.commits === 1, 'bug', () => `#${op.number} wrote ${op.commits} times`);
    facts.access.low = Math.max(facts.access.low, op.from - court.half);
  }
}

/** A reply that is known to be no refusal. */
function granted<Outcome>({ outcome }: { readonly outcome: Outcome }): Exclude<Outcome, Refusal> {
  return outcome as Exclude<Outcome, Refusal>;
}
