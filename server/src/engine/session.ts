/**
 * The session record: one sign-in and everything that hangs on it.
 *
 * It is one aggregate. Whatever changes in it changes in one commit, and what hangs on it dies with
 * it. It holds no secret: tokens are derived from it with a key that it does not contain.
 */

import type { End } from './end.ts';

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Ms = number;

/** 80 random bits in 16 letters of Crockford's base 32, lower case. Not a secret. */
export type SessionId = string;

/**
 * The place of a grant, child or ticket in its record. 0 is the session itself; a number is never
 * used twice in a record.
 */
export type Slot = number;

/** What a rotating token is bound to; `value` is empty for `none`, the thing's fingerprint else. */
export interface Binding {
  readonly kind: 'none' | 'client' | 'device' | 'dpop' | 'mtls';
  readonly value: string;
}

/** An application's hold on the session, with a token that rotates at every renewal. */
export interface Grant {
  readonly slot: Slot;
  /** The application: an OAuth client, an IDaaS tenant client. */
  readonly client: string;
  readonly scope: readonly string[];
  readonly binding: Binding;
  /** Whether its token stands for the sign-in itself: its replay ends the session. */
  readonly isSignIn: boolean;
  /** Whether it may outlive the sign-in (OpenID Connect Core 1.0, section 11). */
  readonly offline: boolean;
  readonly createdAt: Ms;
  /** The current generation; the first is 1. */
  readonly generation: number;
  /** The MAC key that the current generation's token is derived with. */
  readonly keyId: number;
  /** When the predecessor was first used, which is when this generation began. */
  readonly rotatedAt: Ms;
  /** The last renewal, with a new generation or without; blurred by the throttle. */
  readonly renewedAt: Ms;
  /** Whether this generation was seen used, so that its predecessor can be no honest retry. */
  readonly seen: boolean;
  /** How long after its first use a spent token may be an honest retry; null: as the policy says. */
  readonly retryCapMs: Ms | null;
  /** Whether a replayed token ends the whole session; null: as the policy says. */
  readonly replayEndsSession: boolean | null;
  /** How long it may rest between two renewals. Null: as long as the session. */
  readonly idleMs: Ms | null;
  /** The absolute end; never moves later (RFC 9700, section 4.14.2; ASVS 10.4.8). */
  readonly endsAt: Ms;
  /** What the dialect wants back at each renewal. */
  readonly facts: Facts;
  readonly end: End | null;
}

/** An embedded application's own session under this one. Its token does not rotate. */
export interface Child {
  readonly slot: Slot;
  readonly application: string;
  readonly createdAt: Ms;
  readonly facts: Facts;
  readonly end: End | null;
}

/** A value that is good once: an authorization code, a single sign-on ticket. */
export interface Ticket {
  readonly slot: Slot;
  readonly client: string;
  readonly scope: readonly string[];
  readonly createdAt: Ms;
  readonly endsAt: Ms;
  /** What must be presented again, to the letter: hashes of a redirect URI, of a verifier. */
  readonly conditions: Facts;
  readonly facts: Facts;
  readonly spentAt: Ms | null;
  /** The grant that came of it. */
  readonly grant: Slot | null;
}

/** Somebody who is to be told when the sign-in ends, and whether that has been done. */
export interface Notice {
  /** Who tells: a dialect. */
  readonly by: string;
  readonly client: string;
  /** What the dialect wants back when it tells. */
  readonly facts: Facts;
  /** `waiting` while the sign-in lives, `due` until the client has been told, or nobody tries again. */
  readonly state: 'waiting' | 'due' | 'delivered' | 'dead';
  /** How often it was tried. */
  readonly attempts: number;
  /** Of one that is due, the next attempt; else since when it has been so. */
  readonly at: Ms;
  /** What was wrong with the last attempt; null when nothing was. */
  readonly fault: string | null;
}

/** Small named values that the engine keeps and does not understand. */
export type Facts = Readonly<Record<string, string>>;

/** A line of the session's own short history; equal lines are counted, not repeated. */
export interface Note {
  readonly what:
    | 'grant_opened'
    | 'grant_ended'
    | 'child_opened'
    | 'child_ended'
    | 'binding_refused'
    | 'token_replayed'
    | 'code_replayed';
  /** The client or application that it is about. */
  readonly about: string;
  readonly firstAt: Ms;
  readonly lastAt: Ms;
  readonly count: number;
}

export interface Session {
  readonly id: SessionId;
  readonly realm: string;
  readonly subject: string;
  /** The subject's epoch at sign-in. A later epoch means: all of these were ended. */
  readonly epoch: number;
  /** The dialect through which the person signed in. */
  readonly origin: string;
  readonly createdAt: Ms;
  readonly authenticatedAt: Ms;
  /** How the person has signed in, in the words of RFC 8176, such as `pwd`; empty when unknown. */
  readonly methods: readonly string[];
  readonly lastAccessAt: Ms;
  readonly idleMs: Ms;
  /** The absolute end; never moves later. */
  readonly endsAt: Ms;
  /** When the sweep looks at it next. Filed lazily: a renewal does not touch it. */
  readonly dueAt: Ms;
  /** 128 random bits, base64url: what a stolen key lacks without the database. */
  readonly salt: string;
  /** The MAC key of the tokens that do not rotate. */
  readonly keyId: number;
  readonly properties: Facts;
  readonly nextSlot: Slot;
  readonly grants: readonly Grant[];
  readonly children: readonly Child[];
  readonly tickets: readonly Ticket[];
  readonly notices: readonly Notice[];
  readonly history: readonly Note[];
  readonly end: End | null;
}

/** What is kept of a person beside their sessions. */
export interface Subject {
  readonly realm: string;
  readonly subject: string;
  /** One more each time all their sessions are ended. */
  readonly epoch: number;
  /** The sessions of earlier epochs are still being ended, for this reason; null when that is done. */
  readonly ending: End | null;
  /** Sessions that are found by name: at most one alive under each. */
  readonly named: Readonly<Record<string, SessionId>>;
}
