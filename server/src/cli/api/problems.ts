/** Owns what is said when the server refuses: in one line, and with what to do about it. */

import { FAILED, Failure, UNREACHABLE } from '../failure.ts';
import { printable } from '../terminal/terminal.ts';

/** A problem object of the native API (RFC 9457). */
export interface Problem {
  /** The last part of its type, such as `no_such_session`. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
}

/** Who asks, and of whom; for the messages. */
export interface Asker {
  readonly url: string;
  readonly realm: string;
  readonly user: string;
}

/** The server said no. */
export class Refused extends Failure {
  readonly problem: string;

  constructor(problem: Problem, status: number, asker: Asker) {
    const { code, title, detail } = printable(problem);
    const said = ADVICE[code]?.(asker, detail) ?? plainly(title, detail, status);
    super(said, BUSY.includes(status) ? UNREACHABLE : FAILED);
    this.problem = code;
  }
}

/** Timed out, too many requests, busy, no gateway: another time it may work. */
const BUSY = [408, 429, 502, 503, 504];

const ADVICE: Readonly<Record<string, (asker: Asker, detail: string) => string>> = {
  wrong_credentials: ({ user, realm }) =>
    `the user name or the password is wrong, for ${user} in realm ${realm}`,
  password_expired: ({ user, realm }) =>
    `the password of ${user} in realm ${realm} is too old to sign in with; ` +
    'an administrator can set a new one with lamplighter users passwd',
  locked: ({ user, realm }) =>
    `there were too many wrong passwords for ${user} in realm ${realm}; try again later`,
  no_such_realm: ({ realm }) =>
    `the server has no realm ${realm}; give another with --realm, lamplighter config print lists them`,
  not_allowed: ({ user, realm }) =>
    `${user} is not an administrator of realm ${realm}; sign in as one with --user`,
  // The token is genuine, so it must be for somewhere else.
  unknown_token: ({ realm }) =>
    `realm ${realm} is not the one whose administrators look after the keys; give that with --realm`,
  no_such_session: ({ user, realm }) =>
    `there is no such session in realm ${realm} that ${user} may see, or it is forgotten; ` +
    'lamplighter sessions list --all has the ids',
  no_such_user: ({ realm }) =>
    `there is no such user in realm ${realm}; lamplighter users add makes one`,
  conflict: (_, detail) => detail,
  bad_request: (_, detail) => detail,
  session_ended: (_, detail) =>
    `the session of this command was ended under way; run it again (${detail})`,
  unavailable: ({ url }) => `the server at ${url} is busy; try again in a moment`,
};

function plainly(title: string, detail: string, status: number): string {
  const said = [title, detail].filter((text) => text !== '').join(': ');
  return said === '' ? `the server refused with status ${status}` : said;
}
