/** The words for every way in which PostgreSQL fails, and which of them are worth another try. */
import { DatabaseError } from 'pg';
import { StoreFault } from '../store.ts';

/** By SQLSTATE (PostgreSQL, appendix A), or by the system's name for an error of the network. */
const WORDS: Readonly<Record<string, string>> = {
  '28000': 'does not let this user in: see pg_hba.conf, and store.tls',
  '28P01': 'refuses the user or the password',
  '3D000': 'does not exist: create it, then run lamplighter migrate',
  '25006': 'is read-only: a standby, or a server in recovery',
  '42501': 'does not permit that to this user',
  '42P01': 'has no table of this program: run lamplighter migrate',
  '53100': 'has no space left on its disk',
  '53300': 'has no connection left: lower store.pool, or raise max_connections',
  '54000': 'cannot hold a row whose key is that long',
  '55P03': 'waited too long for a row that somebody else has locked (store.lock_timeout)',
  '57014': 'took too long for a statement (store.statement_timeout)',
  '57P01': 'is being shut down',
  '57P02': 'has crashed and is recovering',
  '57P03': 'is starting up, or shutting down',
  ECONNREFUSED: 'cannot be reached: nothing listens there',
  ECONNRESET: 'closed the connection',
  ENOTFOUND: 'cannot be reached: there is no such host',
  EAI_AGAIN: 'cannot be reached: its name cannot be resolved now',
  EHOSTUNREACH: 'cannot be reached: there is no way to that host',
  ENETUNREACH: 'cannot be reached: there is no way to that network',
  ETIMEDOUT: 'cannot be reached: it does not answer',
};

/**
 * Says what happened to which database. The driver's error is not kept as the cause: the server puts
 * pieces of rows into its details, and those have no business in a log.
 */
export function faultOf(name: string, error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const known = WORDS[code];
  if (known !== undefined) return new StoreFault(`${name} ${known}`);
  if (isUnanswered(error)) return new StoreFault(`${name} does not answer`);
  if (error instanceof DatabaseError) {
    return new StoreFault(`${name} answered: ${message} (SQLSTATE ${code})`);
  }
  return new StoreFault(`${name} failed: ${message}`);
}

/** A deadlock or a race that the server gave up for us: nothing was done, and a retry may do it. */
export function isWorthARetry(error: unknown): boolean {
  return error instanceof DatabaseError && ['40001', '40P01'].includes(codeOf(error));
}

/**
 * The fault may be with one commit of a group, and then the others need not suffer: its data
 * (classes 22 and 23), its size (54), or a row that somebody outside has locked.
 */
export function isOfOneMember(error: unknown): boolean {
  return error instanceof DatabaseError && /^(22|23|54|55P03)/.test(codeOf(error));
}

/** The connection is gone, and with it whatever was not committed; there is time for another try. */
export function isLost(error: unknown): boolean {
  if (error instanceof StoreFault || isUnanswered(error)) return false;
  return !(error instanceof DatabaseError) || /^(08|57P0)/.test(codeOf(error));
}

/** The driver has waited for as long as it may, which it says in words alone (pg 8.23). */
function isUnanswered(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return /^(Query read timeout|Connection terminated due to connection timeout)$/.test(message);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
