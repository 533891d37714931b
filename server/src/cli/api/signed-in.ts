/** Owns the session of a command: signed in for its work, and signed out whatever comes of that. */

import { systemClock } from '../../sessions/clock.ts';
import type { Call } from '../command.ts';
import { explain, Failure, INTERRUPTED } from '../failure.ts';
import { openPrompt, type Prompt } from '../terminal/prompt.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Account, readAccount } from './account.ts';
import { type Api, openApi } from './open-api.ts';
import { Refused } from './problems.ts';
import type { SessionFacts, SignedIn } from './shapes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Station {
  readonly api: Api;
  readonly account: Account;
  /** The session of the command itself. */
  readonly own: SessionFacts;
  /** `/realms/NAME`: where the paths of the realm begin. */
  readonly realmPath: string;
}

/** What a command wants to know before it signs in. */
export type Questions<Known> = (prompt: Prompt, account: Account) => Promise<Known>;

/**
 * Asks for the password and then all else that is not known yet, signs in, works, signs out.
 * So a session of ours is open for as long as the requests take, and never waits for a person.
 */
export async function signedIn<Known, Result>(
  call: Call,
  questions: Questions<Known>,
  work: (station: Station, known: Known) => Promise<Result>,
): Promise<Result> {
  const { clock = systemClock } = call.program;
  const terminal = terminalOf(call);
  const { account, known } = await prepare(call, terminal, questions);
  const { url, realm, user, password } = account;
  const asker = { url, realm, user };
  const realmPath = `/realms/${encodeURIComponent(realm)}`;
  const sessions = `${realmPath}/sessions`;

  using interrupt = watchSignals();
  // Not given up halfway: there would be a session that nobody could end.
  const { token, session: own } = await openApi({ asker, clock }).send<SignedIn>('POST', sessions, {
    username: user,
    password,
  });
  try {
    const api = openApi({ asker, clock, token, signal: interrupt.signal });
    return await work({ api, account, own, realmPath }, known);
  } catch (error) {
    throw interrupt.signal.aborted ? new Failure('interrupted', INTERRUPTED) : error;
  } finally {
    const left = await signOut(openApi({ asker, clock, token }), sessions);
    if (left !== undefined) {
      terminal.stderr.write(
        `lamplighter: this command could not sign out (${left}); its session ${own.id} ` +
          `ends by itself at ${own.idle_ends_at}\n`,
      );
    }
  }
}

export function terminalOf({ program }: Call): Terminal {
  return program.terminal ?? process;
}

async function prepare<Known>(call: Call, terminal: Terminal, questions: Questions<Known>) {
  using prompt = openPrompt(terminal);
  const account = await readAccount(call, prompt, terminal);
  return { account, known: await questions(prompt, account) };
}

/** Undefined once the session is over, and otherwise why it is not. */
async function signOut(api: Api, sessions: string): Promise<string | undefined> {
  try {
    await api.send('DELETE', `${sessions}/current`);
    return undefined;
  } catch (error) {
    // Whoever ended all sessions of a person may have ended this one.
    if (error instanceof Refused && error.problem === 'session_ended') return undefined;
    return explain(error).message;
  }
}

/** The first signal gives up the work; a second one does what it always does. */
function watchSignals(): Disposable & { readonly signal: AbortSignal } {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  for (const name of SIGNALS) process.once(name, stop);
  return {
    signal: interrupted.signal,
    [Symbol.dispose]() {
      for (const name of SIGNALS) process.off(name, stop);
    },
  };
}
