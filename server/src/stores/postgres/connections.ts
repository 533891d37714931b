/** The connections of the postgres store: a bounded pool that leaves a dead server in peace. */
import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { DatabaseError, Pool, type PoolClient } from 'pg';
import { StoreFault } from '../store.ts';
import { faultOf } from './faults.ts';
import { isLocal, type Location, nameOf, parseLocation } from './location.ts';

export interface ConnectionSettings {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** `verify` asks for TLS and a certificate that is good for the host. Off for this machine. */
  readonly tls?: 'verify' | 'off' | undefined;
  /** Certificates (PEM) to trust instead of the usual ones. */
  readonly tlsCaFile?: string | undefined;
  /** Connections at most; 6 unless told. */
  readonly pool?: number;
  /** How long a statement may take, in milliseconds; 5,000 unless told. */
  readonly statementTimeoutMs?: number;
  /** How long to wait for a row that another transaction has locked; 3,000 ms unless told. */
  readonly lockTimeoutMs?: number;
  /** How long to wait for a connection; 5,000 ms unless told. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds, for the pause after a connection that failed. */
  readonly now: () => number;
  /** From 0 up to 1, so that not all nodes come back at once. */
  readonly random: () => number;
}

/** The first and the longest pause after connections that failed. */
const PAUSE_MS = { first: 50, longest: 5_000 };

/** Beyond the server's own limit: whoever is cut off here learns nothing of the outcome. */
const GRACE_MS = 1_000;

/**
 * How long a transaction may lie open between two statements, which follow each other at once: a
 * process that was stopped in between lets go of its rows before others give up waiting for them.
 */
const IDLE_IN_TRANSACTION_MS = 2_000;

export class Connections {
  /** How the database is called in messages. */
  readonly name: string;
  /** Begins a transaction whose limits are its own: a pooler may hand its session to anybody. */
  readonly begin: string;
  readonly #pool: Pool;
  readonly #settings: ConnectionSettings;
  #failures = 0;
  #restsUntil = 0;

  private constructor(location: Location, ssl: ConnectionOptions | false, it: ConnectionSettings) {
    const { statementTimeoutMs = 5_000, lockTimeoutMs = 3_000 } = it;
    this.name = nameOf(location);
    this.begin =
      'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; ' +
      `SET LOCAL statement_timeout = ${statementTimeoutMs}; ` +
      `SET LOCAL lock_timeout = ${lockTimeoutMs}; ` +
      `SET LOCAL idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`;
    this.#settings = it;
    this.#pool = new Pool({
      ...location,
      ssl,
      max: it.pool ?? 6,
      application_name: 'lamplighter',
      connectionTimeoutMillis: it.connectTimeoutMs ?? 5_000,
      idleTimeoutMillis: 60_000,
      query_timeout: statementTimeoutMs + GRACE_MS,
      keepAlive: true,
      // On a network that is frozen the goodbye is never answered: nobody stays for that.
      allowExitOnIdle: true,
      // The statements of a transaction go out together, and cost one way there and back.
      pipeline: true,
      onConnect: (client) => assertDurable(this.name, client),
    });
    // The loss of a connection is told to whoever uses it; of one at rest, to nobody.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  /** Opens nothing yet. @throws StoreFault when the URL is none, and what reading a file throws. */
  static async of(settings: ConnectionSettings): Promise<Connections> {
    const location = parseLocation(settings.url);
    const { tls = isLocal(location) ? 'off' : 'verify', tlsCaFile } = settings;
    const ca = tlsCaFile === undefined ? undefined : await readFile(tlsCaFile, 'utf8');
    return new Connections(location, tls === 'off' ? false : { ca }, settings);
  }

  /**
   * Work on a connection that is nobody else's meanwhile. When it throws, whatever transaction it
   * has left open is rolled back.
   *
   * @throws StoreFault when there is no connection, and what the work throws.
   */
  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#acquire();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(!(await isSoundAfter(client, error)));
      throw error;
    }
  }

  /** Waits for the work that is under way. */
  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #acquire(): Promise<PoolClient> {
    const { now, random } = this.#settings;
    const rest = this.#restsUntil - now();
    // A pause longer than the longest is a clock that was set back.
    if (rest > 0 && rest <= PAUSE_MS.longest) {
      throw new StoreFault(`${this.name} could not be reached; it is tried again in a moment`);
    }
    try {
      const client = await this.#pool.connect();
      this.#failures = 0;
      return client;
    } catch (error) {
      const pause = Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** this.#failures++);
      this.#restsUntil = now() + pause * (0.5 + random() / 2);
      throw faultOf(this.name, error);
    }
  }
}

/**
 * All of the promises, begun together; the first error is the one that explains the others.
 *
 * @throws that error, when all have ended.
 */
export async function together<T extends readonly Promise<unknown>[]>(
  promises: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** After an error of a statement the session is as good as ever, once the transaction is over. */
async function isSoundAfter(client: PoolClient, error: unknown): Promise<boolean> {
  if (!(error instanceof DatabaseError)) return false;
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}

const DURABLE = `
  SELECT current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('fsync', true) AS fsync,
    current_setting('server_encoding') AS server_encoding`;

/**
 * Each new connection is asked: behind one name there may be another server after a failover.
 *
 * @throws StoreFault when what is committed there could be lost, or texts could not be kept.
 */
async function assertDurable(name: string, client: Pick<PoolClient, 'query'>): Promise<void> {
  const { rows } = await client.query<Record<string, string | null>>(DURABLE);
  const [found] = rows;
  for (const setting of ['synchronous_commit', 'fsync']) {
    if (found?.[setting] !== 'off') continue;
    throw new StoreFault(
      `${name} has ${setting} off: a commit that it acknowledges can be lost; turn it on ` +
        'for this database and user',
    );
  }
  if (found?.server_encoding === 'UTF8') return;
  throw new StoreFault(`${name} has the encoding ${found?.server_encoding}; create it with UTF8`);
}
