/**
 * Sessions: what dialects may do with them. Carries commands to the engine, and tokens to and from
 * records; the only room with time and randomness.
 *
 * Every answer is a reply or a `Refusal`. A store that is down throws StoreFault, a record that
 * other nodes keep changing throws Contended: both mean "try again", never "signed out".
 */

import type {
  AddChild,
  GrantDraft,
  IssueTicket,
  Reauthenticate,
  Redeem,
  Replies,
  Rotate,
  SetFacts,
  UseGrant,
} from '../engine/command.ts';
import type { End, EndReason, Initiator } from '../engine/end.ts';
import type { Event } from '../engine/event.ts';
import type { Policy } from '../engine/policy.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { Facts, Ms, Notice, Session, SessionId } from '../engine/session.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { IndexEntry, Store } from '../stores/store.ts';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';
import type { Token } from './token.ts';

/** The settings of a realm. */
export interface Realm {
  readonly name: string;
  readonly idleMs: Ms;
  readonly lifeMs: Ms;
  readonly policy: Policy;
}

/** A grant to be made; the key is the keyring's current one. */
export type GrantAsk = Omit<GrantDraft, 'keyId' | Usual> & Partial<Pick<GrantDraft, Usual>>;

/** What most grants leave as it is. */
type Usual = 'notice' | 'retryCapMs' | 'replayEndsSession';

export interface OpenAsk {
  readonly realm: string;
  readonly subject: string;
  /** As `epoch()` gave it, before the password was checked. */
  readonly epoch: number;
  /** The dialect that asks. */
  readonly origin: string;
  /** How the person has proven who they are (RFC 8176); none when left out. */
  readonly methods?: readonly string[];
  /** Instead of the realm's own times. */
  readonly idleMs?: Ms;
  readonly lifeMs?: Ms;
  readonly properties?: Facts;
  readonly grant?: GrantAsk;
}

/** A token of a grant, with what it stands for. `kind` is the kind of token to hand out. */
export type Granted<Reply> = Reply & { readonly token: Token };

/** A record as it stands, with what has ended by now, the passing of time included. */
export interface Inspected {
  readonly session: Session;
  readonly end: End | null;
  /** By slot, for every grant and child: what ended it; null while it lives. */
  readonly partEnds: ReadonlyMap<number, End | null>;
}

export interface SessionPage {
  readonly sessions: readonly Inspected[];
  /** Where the next page begins; null after the last. */
  readonly next: IndexEntry | null;
}

export interface Sessions {
  readonly realms: ReadonlyMap<string, Realm>;

  /** The person's epoch; read it before checking a password, and hand it to `open`. */
  epoch(realm: string, subject: string): Promise<number>;

  open(ask: OpenAsk, kind?: string): Promise<(Replies['open'] & { token: Token | null }) | Refusal>;

  /** The live session of that name, or a new one: exactly one, however many ask at once. */
  openNamed(ask: OpenAsk, name: string): Promise<Replies['touch'] | Refusal>;

  /** A token that does not rotate, for a session (slot 0) or a child. */
  token(session: Session, kind: string, slot?: number): Token;

  /** Resets the idle clock, at most once per throttle. */
  touch(token: Token, realm: string): Promise<Replies['touch'] | Refusal>;
  /** As `touch`, and leaves the idle clock alone. */
  look(token: Token, realm: string): Promise<Replies['look'] | Refusal>;

  /** The person of the session has signed in again; the session goes on, with a new time of it. */
  reauthenticate(
    session: Session,
    ask: Pick<Reauthenticate, 'subject' | 'methods'>,
  ): Promise<Replies['reauthenticate'] | Refusal>;
  /** Sets the session's own properties, or facts of the child that the token stands for. */
  setFacts(
    token: Token,
    realm: string,
    facts: SetFacts['facts'],
  ): Promise<Replies['set_facts'] | Refusal>;

  /** A renewal under the retry rule; the token handed back is of the same kind. */
  rotate(
    token: Token,
    ask: Omit<Rotate, 'type' | 'id' | 'slot' | 'generation' | 'keyId' | 'restMs'> &
      Partial<Pick<Rotate, 'restMs'>>,
  ): Promise<Granted<Replies['rotate']> | Refusal>;
  /** A rotating token used for something other than renewal, under the same rule. */
  useGrant(
    token: Token,
    ask: Pick<UseGrant, 'realm' | 'client' | 'binding'>,
  ): Promise<Replies['use_grant'] | Refusal>;
  /**
   * The grant behind an access token whose signature the caller has checked. A token of the current
   * generation is evidence that its owner has it, and ends the retry window of the one before.
   */
  seeAccess(
    name: Pick<Token, 'id' | 'slot' | 'generation'>,
    realm: string,
  ): Promise<Replies['see_access'] | Refusal>;

  addGrant(
    session: Session,
    grant: GrantAsk,
    kind: string,
  ): Promise<Granted<Replies['add_grant']> | Refusal>;
  addChild(
    session: Session,
    ask: Pick<AddChild, 'application' | 'facts'>,
    kind: string,
  ): Promise<Granted<Replies['add_child']> | Refusal>;
  issueTicket(
    session: Session,
    ask: Omit<IssueTicket, 'type' | 'id' | 'realm'>,
    kind: string,
  ): Promise<Granted<Replies['issue_ticket']> | Refusal>;
  /** Uses a ticket, once, for a grant whose token is of `kind`. */
  redeem(
    ticket: Token,
    ask: Pick<Redeem, 'realm' | 'client' | 'conditions'> & {
      readonly grant: Omit<GrantAsk, 'client' | 'scope'>;
    },
    kind: string,
  ): Promise<Granted<Replies['redeem']> | Refusal>;

  endSession(session: Session, why: Why): Promise<Replies['end_session'] | Refusal>;
  endPart(session: Session, slot: number, why: Why): Promise<Replies['end_part'] | Refusal>;
  /** Ends every session of a person; when it returns, none that was open before is alive. */
  endSubject(realm: string, subject: string, why: Why): Promise<{ ended: number }>;

  /** A record as it stands, ended ones included; undefined when it never was, or is forgotten. */
  inspect(id: SessionId): Promise<Inspected | undefined>;
  /** The record behind a genuine token, ended or not: for saying why. */
  inspectToken(token: Token): Promise<Inspected | undefined>;
  /**
   * A person's sessions: those that live, oldest first, then those that have ended, for as long as
   * they are remembered; one that ends meanwhile may come twice. `after` is the `next` of the page
   * before.
   */
  list(realm: string, subject: string, limit: number, after?: IndexEntry): Promise<SessionPage>;
  /**
   * The live sessions of a person, oldest first, or of a realm, by person. What has ended costs
   * nothing here, nor do other people's and other realms' sessions.
   */
  live(
    realm: string,
    subject: string | null,
    limit: number,
    after?: IndexEntry,
  ): Promise<SessionPage>;

  /** Resolves when nobody is being told of an end any more, or waits for a turn. */
  settled(): Promise<void>;
  /** Begins to tell nobody any more: the next process will. Resolves when nobody is being told. */
  close(): Promise<void>;

  /**
   * Goes once through what has come due, in pages of that length; says how many records that were.
   * @param signal Ends it early, with what is under way.
   * @throws The first of what went wrong, after all the others were swept.
   */
  sweep(pageLength: number, signal?: AbortSignal): Promise<number>;
}

export interface Why {
  readonly reason: EndReason;
  readonly by: Initiator;
}

/** What `createSessions` is made of. */
export interface SessionsParts {
  readonly store: Store;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly random: Random;
  readonly realms: ReadonlyMap<string, Realm>;
  /** For records of realms that are no longer in the config. */
  readonly fallback: Policy;
  readonly publish: (event: Event) => void;
  /** Left out where nobody is told. */
  readonly tell?: Tell;
}

/**
 * Tells a client that a sign-in has ended; hands back what was wrong, null when nothing was. It may
 * be called again for one that has been told.
 */
export type Tell = (session: Session, notice: Notice) => Promise<string | null>;
