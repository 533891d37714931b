/** Failures: what a command says when it cannot do what it was asked, and its exit code. */

import { DirectoryRefusal } from '../directory/directory.ts';
import { RootSecretRefusal } from '../keys/root-secret.ts';
import { WrongRootSecret } from '../keys/row.ts';
import { StoreFault } from '../stores/store.ts';

export const FAILED = 1;
export const MISUSED = 2;
/** The server cannot be reached, or is too busy: later it may work (EX_UNAVAILABLE of sysexits). */
export const UNREACHABLE = 69;
/** 128 and the number of SIGINT. */
export const INTERRUPTED = 130;

/** The message is for whoever called the command. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: number;

  constructor(message: string, code: number = FAILED) {
    super(message);
    this.code = code;
  }
}

/** Errors whose message is meant for an operator. */
const SPEAKING = [StoreFault, DirectoryRefusal, RootSecretRefusal, WrongRootSecret];

/** What to tell of an error, and the exit code. A stack only where it is a bug. */
export function explain(error: unknown): { readonly message: string; readonly code: number } {
  if (error instanceof Failure) return { message: error.message, code: error.code };
  if (!(error instanceof Error)) return { message: String(error), code: FAILED };
  if (SPEAKING.some((kind) => error instanceof kind)) {
    return { message: error.message, code: FAILED };
  }
  return { message: systemMessage(error) ?? `internal error: ${error.stack}`, code: FAILED };
}

/** What the system says of a port or a file; undefined for other errors. */
function systemMessage(error: Error): string | undefined {
  if (!('syscall' in error) || !('code' in error)) return undefined;
  if (error.syscall !== 'listen') return error.message;
  const where = 'address' in error && 'port' in error ? `${error.address}:${error.port}` : '';
  const advice: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program listens there; stop it, or choose another with --port',
    EACCES: 'not permitted; choose a port above 1023 with --port',
    EADDRNOTAVAIL: 'this machine has no such address; choose another with --host',
    ENOTFOUND: 'there is no such address; choose another with --host',
  };
  return `cannot listen on ${where}: ${advice[String(error.code)] ?? error.message}`;
}
