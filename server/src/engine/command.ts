/**
 * Commands: everything that the engine can be asked, with what it replies.
 *
 * Random values, key numbers and hashes come in as values. A slot and a generation come from a
 * token whose MAC `sessions/` has checked.
 */

import type { EndReason, Initiator } from './end.ts';
import type { Policy } from './policy.ts';
import type {
  Binding,
  Child,
  Facts,
  Grant,
  Ms,
  Notice,
  Session,
  SessionId,
  Slot,
  Subject,
  Ticket,
} from './session.ts';

/** A grant about to be made. */
export interface GrantDraft {
  readonly client: string;
  readonly scope: readonly string[];
  readonly binding: Binding;
  readonly isSignIn: boolean;
  readonly offline: boolean;
  readonly keyId: number;
  readonly idleMs: Ms | null;
  /** From now to the absolute end. Without `offline` the session's end comes first. */
  readonly lifeMs: Ms;
  readonly facts: Facts;
  /** Instead of the policy's own rules; null for these. */
  readonly retryCapMs: Ms | null;
  readonly replayEndsSession: boolean | null;
  /** Who tells the client that the sign-in has ended, and what they need for it; null for nobody. */
  readonly notice: Pick<Notice, 'by' | 'facts'> | null;
}

/** A person has signed in. */
export interface Open {
  readonly type: 'open';
  readonly id: SessionId;
  readonly salt: string;
  readonly keyId: number;
  readonly realm: string;
  readonly subject: string;
  /** The subject's epoch as it was before the password was checked. */
  readonly epoch: number;
  readonly origin: string;
  readonly methods: readonly string[];
  readonly idleMs: Ms;
  readonly lifeMs: Ms;
  readonly properties: Facts;
  readonly grant: GrantDraft | null;
  /** At most one live session under a name; `replaces` is the ended one that was found there. */
  readonly name: { readonly name: string; readonly replaces: SessionId | null } | null;
}

/** The person of a session has signed in once more, and keeps it. */
export interface Reauthenticate {
  readonly type: 'reauthenticate';
  readonly id: SessionId;
  readonly realm: string;
  readonly subject: string;
  readonly methods: readonly string[];
}

/** Sets named values of the sign-in, or of one of its children; null takes a name away. */
export interface SetFacts {
  readonly type: 'set_facts';
  readonly id: SessionId;
  readonly realm: string;
  /** The child; 0 for the session's own properties. */
  readonly slot: Slot;
  readonly facts: Readonly<Record<string, string | null>>;
}

/** Somebody is there: resets the idle clock, at most once per throttle. */
export interface Touch {
  readonly type: 'touch';
  readonly id: SessionId;
  readonly realm: string;
  /** The child whose token was presented; 0 for the session's own. */
  readonly slot: Slot;
}

/** As `touch`, and leaves the idle clock alone. */
export interface Look {
  readonly type: 'look';
  readonly id: SessionId;
  readonly realm: string;
  readonly slot: Slot;
}

export interface AddGrant {
  readonly type: 'add_grant';
  readonly id: SessionId;
  readonly realm: string;
  readonly grant: GrantDraft;
}

/** A renewal: the retry rule. */
export interface Rotate {
  readonly type: 'rotate';
  readonly id: SessionId;
  readonly realm: string;
  readonly slot: Slot;
  readonly generation: number;
  readonly client: string;
  /** The device or key that came with the call; ignored by grants that are bound to none. */
  readonly binding: Binding;
  /** The scope asked for; null for all that the grant has. */
  readonly scope: readonly string[] | null;
  /** The MAC key of a new generation. */
  readonly keyId: number;
  /** How old a generation is at least when another follows it; until then it stays as it is. */
  readonly restMs: Ms;
}

/**
 * A rotating token is used for something other than renewal, such as a ticket. It is held to the
 * retry rule all the same.
 */
export interface UseGrant {
  readonly type: 'use_grant';
  readonly id: SessionId;
  readonly realm: string;
  readonly slot: Slot;
  readonly generation: number;
  /** Null where the call does not say which application it comes from. */
  readonly client: string | null;
  readonly binding: Binding;
}

/** A token of this generation was seen in use other than for renewal. */
export interface SeeAccess {
  readonly type: 'see_access';
  readonly id: SessionId;
  readonly realm: string;
  readonly slot: Slot;
  readonly generation: number;
}

export interface AddChild {
  readonly type: 'add_child';
  readonly id: SessionId;
  readonly realm: string;
  readonly application: string;
  readonly facts: Facts;
}

export interface IssueTicket {
  readonly type: 'issue_ticket';
  readonly id: SessionId;
  readonly realm: string;
  readonly client: string;
  readonly scope: readonly string[];
  readonly lifeMs: Ms;
  readonly conditions: Facts;
  readonly facts: Facts;
}

/** A ticket is used, once, for a grant. */
export interface Redeem {
  readonly type: 'redeem';
  readonly id: SessionId;
  readonly realm: string;
  readonly slot: Slot;
  readonly client: string;
  readonly conditions: Facts;
  /** The grant that comes of it; its scope is the ticket's. */
  readonly grant: Omit<GrantDraft, 'client' | 'scope'>;
}

/** Ends the sign-in and all that hangs on it. */
export interface EndSession {
  readonly type: 'end_session';
  readonly id: SessionId;
  readonly realm: string;
  readonly reason: EndReason;
  readonly by: Initiator;
  /** Only if the sign-in is of an earlier epoch than this one; null for any. */
  readonly beforeEpoch: number | null;
}

/** Ends one grant or child. */
export interface EndPart {
  readonly type: 'end_part';
  readonly id: SessionId;
  readonly realm: string;
  readonly slot: Slot;
  readonly reason: EndReason;
  readonly by: Initiator;
}

/** Ends all sessions of a person: begins a new epoch, in which none of the old ones is alive. */
export interface EndSubject {
  readonly type: 'end_subject';
  readonly realm: string;
  readonly subject: string;
  readonly reason: EndReason;
  readonly by: Initiator;
}

/** The sessions of the epochs before this one have all been ended. */
export interface SettleSubject {
  readonly type: 'settle_subject';
  readonly realm: string;
  readonly subject: string;
  readonly epoch: number;
}

/** A client is about to be told that the sign-in has ended. */
export interface AttemptNotice {
  readonly type: 'attempt_notice';
  readonly id: SessionId;
  readonly by: string;
  readonly client: string;
  /** Why it is not told after all, though it counts as an attempt; null when it is. */
  readonly fault: string | null;
}

/** An attempt to tell a client that the sign-in has ended went well, or did not. */
export interface SettleNotice {
  readonly type: 'settle_notice';
  readonly id: SessionId;
  readonly by: string;
  readonly client: string;
  /** What was wrong; null when the client has been told. */
  readonly fault: string | null;
}

/** The due time of a record has come: ends it, forgets it, or files it again. */
export interface Sweep {
  readonly type: 'sweep';
  readonly id: SessionId;
}

export interface SessionReply {
  readonly session: Session;
}

export interface Replies {
  open: SessionReply & { readonly grant: Grant | null };
  /** `moved`: the idle clock was reset, and that was written down. */
  touch: SessionReply & { readonly child: Child | null; readonly moved: boolean };
  look: SessionReply & { readonly child: Child | null };
  reauthenticate: SessionReply;
  set_facts: SessionReply & { readonly child: Child | null };
  add_grant: SessionReply & { readonly grant: Grant };
  /**
   * `retry`: this successor had been made before, and nothing was written. `rested`: the generation
   * is too young for a successor, and stays the current one.
   */
  rotate: SessionReply & {
    readonly grant: Grant;
    readonly retry: boolean;
    readonly rested: boolean;
  };
  use_grant: SessionReply & { readonly grant: Grant };
  see_access: SessionReply & { readonly grant: Grant };
  add_child: SessionReply & { readonly child: Child };
  issue_ticket: SessionReply & { readonly ticket: Ticket };
  redeem: SessionReply & { readonly ticket: Ticket; readonly grant: Grant };
  end_session: SessionReply & { readonly ended: boolean };
  end_part: SessionReply & { readonly ended: boolean };
  end_subject: { readonly subject: Subject };
  settle_subject: { readonly settled: boolean };
  /** What is to be told; null when it is not due any more, or nobody tries again. */
  attempt_notice: {
    readonly tell: { readonly session: Session; readonly notice: Notice } | null;
  };
  settle_notice: { readonly settled: boolean };
  /** `due`: those that are to be told now. */
  sweep: {
    readonly swept: 'ended' | 'forgotten' | 'filed' | 'gone';
    readonly due: readonly Notice[];
  };
}

export type Command =
  | Open
  | Touch
  | Look
  | Reauthenticate
  | SetFacts
  | AddGrant
  | Rotate
  | UseGrant
  | SeeAccess
  | AddChild
  | IssueTicket
  | Redeem
  | EndSession
  | EndPart
  | EndSubject
  | SettleSubject
  | AttemptNotice
  | SettleNotice
  | Sweep;

export type ReplyOf<C extends Command> = Replies[C['type']];

/** The records that a decision depends on. */
export interface Needs {
  readonly session: SessionId | null;
  readonly subject: { readonly realm: string; readonly subject: string } | null;
}

/** Which records to read before deciding. One key in the usual case. */
export function needs(command: Command): Needs {
  switch (command.type) {
    case 'open':
      return { session: command.id, subject: command };
    case 'end_subject':
    case 'settle_subject':
      return { session: null, subject: command };
    default:
      return { session: command.id, subject: null };
  }
}

/** Whether the person's live sessions are needed as well, read after the person's own record. */
export function needsLive(command: Command, policy: Policy): command is Open {
  return command.type === 'open' && policy.quota !== null;
}
