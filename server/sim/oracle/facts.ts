/**
 * Facts: what an observer outside knows of sessions, from what was asked and answered and when.
 *
 * The clocks of nodes are wrong, so most of it is bounds: `low` is the least and `high` the greatest
 * value that a time in the record can have.
 */

import type { EndReason } from '../../src/engine/end.ts';
import type { Binding, Facts, Ms, SessionId, Slot } from '../../src/engine/session.ts';
import type { Span } from '../asks.ts';

/** An end that somebody was told. */
export interface Told {
  readonly reason: EndReason;
  readonly at: Ms;
  /** With the sign-in, and not by itself. */
  readonly whole: boolean;
  /** When, in true time. */
  readonly since: Ms;
}

/** When a generation's token was presented for renewal, or its access token was seen in use. */
export interface Use {
  /** The first ask, answered or not. */
  readonly from: Ms;
  /** The first answer: by then it had happened. Infinity while there is none. */
  by: Ms;
}

export interface GrantFacts {
  readonly slot: Slot;
  readonly client: string;
  readonly scope: readonly string[];
  readonly binding: Binding;
  readonly offline: boolean;
  /** Its replay ends the session. */
  readonly isSignIn: boolean;
  readonly idleMs: Ms | null;
  readonly lifeMs: Ms;
  readonly made: Span;
  /** By the generation presented. */
  readonly uses: Map<number, Use>;
  readonly seen: Map<number, Use>;
  /** The token handed out, by the text of the token presented. */
  readonly successors: Map<string, string>;
  /** Who was handed a successor, by the generation presented. */
  readonly holders: Map<number, Set<string>>;
  /** Generations that two holders were handed since the last that only one was. */
  together: number;
  /** The first ask that could be a replay: of a token that had been presented before. */
  reusedFrom: Ms;
  readonly rest: Bounds;
}

/** Bounds on a time in the record that moves forward with use. */
export interface Bounds {
  low: Ms;
  high: Ms;
  /** Asks under way that may move it. */
  pending: number;
}

export interface TicketFacts {
  readonly slot: Slot;
  readonly client: string;
  readonly conditions: Facts;
  readonly lifeMs: Ms;
  readonly made: Span;
  /** The first ask that could have spent it. */
  usedFrom: Ms;
  /** The second. */
  reusedFrom: Ms;
  /** The answer that handed out a grant for it, and that grant. */
  usedBy: Ms;
  grant: Slot | null;
}

export interface SessionFacts {
  readonly id: SessionId;
  readonly realm: string;
  readonly subject: string;
  readonly idleMs: Ms;
  readonly lifeMs: Ms;
  /** When it was opened, as far as known; from when the epoch was known that it began with. */
  readonly made: Span;
  readonly epochRead: Span;
  readonly access: Bounds;
  /** By slot; 0 for the session. */
  readonly told: Map<Slot, Told>;
  /** When somebody who asked to end it was told that it is over; by slot. */
  readonly endedBy: Map<Slot, Ms>;
  /** When ending it for a reason was first asked for; by slot, 0 for the session. */
  readonly causes: Map<Slot, Map<EndReason, Ms>>;
  /** When access or a renewal last moved, so that earlier answers about time are out of date. */
  readonly revivedAt: Map<Slot, Ms>;
  readonly grants: Map<Slot, GrantFacts>;
  readonly children: Map<Slot, Span>;
  readonly tickets: Map<Slot, TicketFacts>;
}

/** An ask to end all sessions of a person. */
export interface Everywhere {
  readonly from: Ms;
  by: Ms;
  readonly reason: EndReason;
}

/** What was certain when something was asked: what had been answered before. */
export interface Known {
  readonly access: Ms;
  readonly rest: Ms;
}

/** What an op is about, as far as was known when it was asked. */
export interface About {
  readonly facts: SessionFacts | undefined;
  readonly grant: GrantFacts | undefined;
  readonly everywhere: Everywhere | undefined;
  readonly known: Known;
  /** What it may move while it is under way. */
  readonly moves: readonly Bounds[];
}

export const isTimeReason = (reason: EndReason): boolean =>
  reason === 'idle_timeout' || reason === 'absolute_timeout';

export function noteUse(uses: Map<number, Use>, generation: number, from: Ms): Use {
  const known = uses.get(generation);
  if (known) return known;
  const use = { from, by: Number.POSITIVE_INFINITY };
  uses.set(generation, use);
  return use;
}
