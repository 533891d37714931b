/** Owns what the native API's answers look like to its clients; `/lamplighter/v1/openapi.json` says it all. */

/** Times are ISO 8601, in UTC. */
type Time = string;

export interface EndFacts {
  readonly reason: string;
  /** For the person whose session it was. */
  readonly text: string;
  readonly at: Time;
  readonly by: string;
}

export interface SessionFacts {
  readonly id: string;
  readonly realm: string;
  readonly subject: string;
  readonly origin: string;
  readonly alive: boolean;
  readonly created_at: Time;
  readonly last_access_at: Time;
  readonly idle_ends_at: Time;
  readonly ends_at: Time;
  readonly end: EndFacts | null;
}

export interface GrantFacts {
  readonly slot: number;
  readonly client: string;
  readonly scope: readonly string[];
  readonly binding: string;
  readonly offline: boolean;
  readonly generation: number;
  readonly created_at: Time;
  readonly renewed_at: Time;
  readonly ends_at: Time;
  readonly end: EndFacts | null;
}

export interface ChildFacts {
  readonly slot: number;
  readonly application: string;
  readonly created_at: Time;
  readonly end: EndFacts | null;
}

/** A client that is told when the sign-in ends, and whether that has been done. */
export interface NoticeFacts {
  readonly client: string;
  readonly state: string;
  readonly attempts: number;
  /** Of one that is due, the next attempt; else since when it has been so. */
  readonly at: Time;
  /** What was wrong with the last attempt. */
  readonly fault: string | null;
}

export interface NoteFacts {
  readonly what: string;
  readonly about: string;
  readonly count: number;
  readonly first_at: Time;
  readonly last_at: Time;
}

export interface WhyFacts extends SessionFacts {
  readonly will_end: { readonly reason: string; readonly at: Time } | null;
  readonly grants: readonly GrantFacts[];
  readonly children: readonly ChildFacts[];
  /** A server of an earlier version sends none. */
  readonly notices?: readonly NoticeFacts[];
  readonly history: readonly NoteFacts[];
}

export interface SessionPage {
  readonly sessions: readonly SessionFacts[];
  /** What to ask for the next page with; null after the last. */
  readonly next: string | null;
}

export interface SignedIn {
  readonly token: string;
  readonly session: SessionFacts;
}

export interface PersonFacts {
  readonly subject: string;
  readonly username: string;
  readonly role: string;
}

export interface KeyFacts {
  readonly id: string;
  readonly purpose: string;
  readonly algorithm: string;
  readonly state: string;
  readonly created_at: Time;
}
