/** Owns how a session is named on the command line. */

import { isSessionId } from '../sessions/ids.ts';
import { Failure, MISUSED } from './failure.ts';

/** @throws Failure, exit code 2, that does not repeat what was given: it may be a token. */
export function readSessionId(given: string | undefined): string {
  const id = given?.trim().toLowerCase() ?? '';
  if (isSessionId(id)) return id;
  const where = 'lamplighter sessions list, and the log';
  throw new Failure(`a SESSION_ID is 16 letters and digits, as in ${where}`, MISUSED);
}
