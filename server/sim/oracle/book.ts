/** The book: the facts of all sessions, written down as they become known. */

import type { Grant, Ms, Session, SessionId, Ticket } from '../../src/engine/session.ts';
import type { Token } from '../../src/sessions/token.ts';
import { type Op, type Span, textOf } from '../asks.ts';
import type { Everywhere, GrantFacts, SessionFacts } from './facts.ts';

const NEVER = Number.POSITIVE_INFINITY;

export class Book {
  readonly #half: Ms;
  readonly #sessions = new Map<SessionId, SessionFacts>();
  readonly #bySubject = new Map<string, SessionFacts[]>();
  readonly #everywhere = new Map<string, Everywhere[]>();
  readonly #issued = new Set<string>();

  /** @param half No clock is further from true time. */
  constructor(half: Ms) {
    this.#half = half;
  }

  session(id: SessionId): SessionFacts | undefined {
    return this.#sessions.get(id);
  }

  ofSubject(realm: string, subject: string): readonly SessionFacts[] {
    return this.#bySubject.get(`${realm}/${subject}`) ?? [];
  }

  /** Asks to end all sessions of a person. */
  everywhere(realm: string, subject: string): readonly Everywhere[] {
    return this.#everywhere.get(`${realm}/${subject}`) ?? [];
  }

  noteEverywhere({ ask, from }: Op<'end_subject'>): Everywhere {
    const { realm, subject, why } = ask;
    const asked = { from, by: NEVER, reason: why.reason };
    this.#everywhere.set(`${realm}/${subject}`, [...this.everywhere(realm, subject), asked]);
    return asked;
  }

  /** Whether somebody was given this token. */
  isIssued(token: Token): boolean {
    return this.#issued.has(textOf(token));
  }

  issue(token: Token): void {
    this.#issued.add(textOf(token));
  }

  open(session: Session, made: Span, epochRead: Span, lifeMs: Ms): SessionFacts {
    const { id, realm, subject, idleMs } = session;
    const facts: SessionFacts = {
      id,
      realm,
      subject,
      idleMs,
      lifeMs,
      made,
      epochRead,
      access: this.#bounds(made),
      told: new Map(),
      endedBy: new Map(),
      causes: new Map(),
      revivedAt: new Map(),
      grants: new Map(),
      children: new Map(),
      tickets: new Map(),
    };
    this.#sessions.set(id, facts);
    const others = this.#bySubject.get(`${realm}/${subject}`) ?? [];
    others.push(facts);
    this.#bySubject.set(`${realm}/${subject}`, others);
    return facts;
  }

  addGrant(facts: SessionFacts, grant: Grant, made: Span, lifeMs: Ms): GrantFacts {
    const { slot, client, scope, binding, offline, isSignIn, idleMs } = grant;
    const known: GrantFacts = {
      slot,
      client,
      scope,
      binding,
      offline,
      isSignIn,
      idleMs,
      lifeMs,
      made,
      uses: new Map(),
      seen: new Map(),
      successors: new Map(),
      holders: new Map(),
      together: 0,
      reusedFrom: NEVER,
      rest: this.#bounds(made),
    };
    facts.grants.set(slot, known);
    return known;
  }

  addTicket(facts: SessionFacts, { slot, client, conditions }: Ticket, made: Span, lifeMs: Ms) {
    const unused = { usedFrom: NEVER, reusedFrom: NEVER, usedBy: NEVER, grant: null };
    facts.tickets.set(slot, { slot, client, conditions, made, lifeMs, ...unused });
  }

  #bounds({ from, by }: Span) {
    return { low: from - this.#half, high: by + this.#half, pending: 0 };
  }
}
