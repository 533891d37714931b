/**
 * The dialect port: a wire protocol as a table of routes over plain requests and answers.
 *
 * No web framework shows through, so that tests and the simulator drive a dialect without a socket.
 */

import type { Attempts } from '../directory/attempts.ts';
import type { Directory } from '../directory/directory.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { Session } from '../engine/session.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Clock } from '../sessions/clock.ts';
import type { Once } from '../sessions/once.ts';
import type { Pending } from '../sessions/pending.ts';
import type { Random } from '../sessions/random.ts';
import type { Sessions, Tell } from '../sessions/sessions.ts';
import type { Token } from '../sessions/token.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface WireRequest {
  readonly method: string;
  /** The path as it was sent, without the query. */
  readonly path: string;
  /** The route's parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Every value of every query parameter, in order. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Names in lower case. A header that came twice is joined with ", ", cookies with "; ". */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came; empty when there was none. */
  readonly body: Buffer;
  /** Scheme and authority that the client used, such as `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** The client's address, for history and rate limits. */
  readonly address: string;
  /** DER of the certificate that the client showed over TLS, where a proxy of ours has said so. */
  readonly certificate?: Buffer | undefined;
  /** This request's own id, as it stands in the log. */
  readonly requestId: string;
}

export interface WireAnswer {
  readonly status: number;
  /** A value that is a list is sent as several headers of that name. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Empty for none. */
  readonly body: string;
}

export interface Route {
  readonly method: Method;
  /**
   * Segments with `:name` for parameters, such as `/am/json/realms/root/realms/:realm/sessions`. The
   * host also accepts a trailing slash.
   */
  readonly path: string;
  /** What it is, for the log and for the list of routes: never the request's own path. */
  readonly name: string;
  /**
   * Whether it is a page, which a browser shows and no script of another origin may read, whatever
   * the config says of origins (RFC 9700, section 2.6). No when left out.
   */
  readonly isPage?: boolean;
  readonly handle: (request: WireRequest) => Promise<WireAnswer>;
}

/** What the host refuses before a handler runs, or when one throws. */
export type Rejection =
  | 'no_such_path'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'headers_too_large'
  | 'malformed_request'
  | 'timed_out'
  /** The store, the directory or the record is busy or down: try again. */
  | 'unavailable'
  /** Our own bug; the log has the rest. */
  | 'internal_error';

/** A dialect's own credential for a session that is open already, as a portal would hand it out. */
export interface CredentialAsk {
  /** The external system or client that it is for, where the dialect has such. */
  readonly application: string | null;
  /** The device that it is bound to, where the dialect binds to one. */
  readonly device: string | null;
  /** Scheme and authority that the client used. */
  readonly origin: string;
}

/** Names and values as the dialect's clients know them, such as `{"tokenId": "..."}`. */
export interface Credential {
  readonly credential: Readonly<Record<string, string | number>>;
}

/** The ask names an application that the dialect does not know, or lacks what it needs. */
export interface CredentialFault {
  readonly fault: string;
}

/** What an access token stands for. */
export interface Access {
  /** May have ended, when the application's grant outlives it. */
  readonly session: Session;
  /** The application. */
  readonly client: string;
  /** What it was issued for: the grant's scope, or less. */
  readonly scope: readonly string[];
}

export interface Dialect {
  readonly name: string;
  /** The only hosts at which it answers, in lower case and without port; empty: any. */
  readonly hosts: readonly string[];
  /** The only realm that it serves; null: every one. */
  readonly realm: string | null;
  /** The paths that are answered in this dialect even when no route matches; the longest wins. */
  readonly prefixes: readonly string[];
  readonly routes: readonly Route[];
  /** The protocol's own way of saying what the host found. */
  reject(rejection: Rejection, request: WireRequest): WireAnswer;
  /** Opens this dialect's door to a session that was opened through another. */
  credential(session: Session, ask: CredentialAsk): Promise<Credential | CredentialFault | Refusal>;
  /** Where the owner of a session reads why it has ended. Left out by a dialect that does not say. */
  readonly whyPath?: (session: Pick<Session, 'realm' | 'id'>) => string;
  /** Tells one of its clients that a sign-in has ended. Left out by a dialect that tells nobody. */
  readonly tell?: Tell;
  /**
   * Reads this dialect's session token: one that stands for the whole sign-in and does not rotate.
   * Left out by a dialect that has none. Whether the token is genuine, `sessions` says.
   */
  readonly readSessionToken?: (text: string) => Token | undefined;
  /**
   * Reads this dialect's access token in use, which is evidence that its owner has it. Undefined for
   * what opens nothing in that realm now. Left out by a dialect that has none.
   */
  readonly readAccessToken?: (text: string, realm: string) => Promise<Access | undefined>;
}

/** Calls to other servers. */
export interface Outbound {
  /**
   * Posts a form, and follows no redirect.
   * @returns The status of the answer.
   * @throws Error when there is none in time; the message says why.
   */
  postForm(url: string, form: Readonly<Record<string, string>>): Promise<number>;
}

/** A code on its way to a telephone; only the person whom it is for may see it. */
export interface CodeNotice {
  readonly notice: 'verification_code';
  readonly realm: string;
  readonly mobile: string;
  readonly code: string;
}

/** All that a dialect is given. */
export interface Services {
  readonly sessions: Sessions;
  readonly directory: Directory;
  /** Passwords are counted by the directory itself; this is for guesses at anything else. */
  readonly attempts: Attempts;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly random: Random;
  readonly once: Once;
  readonly pending: Pending;
  readonly outbound: Outbound;
  /** Writes a code to the log, secret as it is. Undefined but in a demo. */
  readonly showCode: ((notice: CodeNotice) => void) | undefined;
  /**
   * Reads a session token of whichever dialect wrote it, so that a person who signed in through
   * one is known to another. Undefined when no dialect can have written it.
   */
  readonly readSessionToken: (text: string) => Token | undefined;
  /** Reads a bearer's access token in use, of whichever dialect issued it. */
  readonly readAccessToken: (text: string, realm: string) => Promise<Access | undefined>;
  /** Where the owner of a session reads why it has ended; undefined where no dialect says. */
  readonly whyPath: (session: Pick<Session, 'realm' | 'id'>) => string | undefined;
  /**
   * A credential of another dialect for an open session, from the instance that serves the session's
   * realm; undefined when that dialect is off.
   */
  readonly credential: (
    dialect: string,
    session: Session,
    ask: CredentialAsk,
  ) => Promise<Credential | CredentialFault | Refusal | undefined>;
}

/** A dialect as the registry lists it: its name, its options, and how to make it. */
export interface DialectModule<Schema, Config> {
  readonly name: string;
  /** The options, as `config.ts` of its folder defines them. */
  readonly schema: Schema;
  create(services: Services, config: Config): Dialect;
}
