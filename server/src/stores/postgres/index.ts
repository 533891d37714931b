/** The postgres store: rows in PostgreSQL, for many processes and nodes, through grouped commits. */
import type {
  CommitResult,
  IndexEntry,
  IndexName,
  IndexRange,
  Row,
  Store,
  StoreFacts,
  Write,
} from '../store.ts';
import { assertRange, assertWellFormed, assertWrites, StoreFault } from '../store.ts';
import { type Commit, createWriter, type GroupReport } from './commits.ts';
import { type ConnectionSettings, Connections } from './connections.ts';
import { Groups } from './groups.ts';
import type { Migration } from './migration.ts';
import { createLister, createReader, type Page } from './reads.ts';
import {
  findSchema,
  type MigrateMode,
  migrateSchema,
  needsMigration,
  pendingOf,
} from './schema.ts';

export type { GroupReport } from './commits.ts';
export type { ConnectionSettings } from './connections.ts';
export type { Migration } from './migration.ts';

export interface PostgresStoreOptions extends ConnectionSettings {
  /** `new`, unless told: a start makes the schema where the database is empty, and nowhere else. */
  readonly migrate?: MigrateMode;
  /** More calls of a kind than this do not wait, but fail at once; 10,000 unless told. */
  readonly waitingLimit?: number;
  /** Called after each transaction that changed something, with what it carried. */
  readonly onGroup?: (report: GroupReport) => void;
}

const WAITING_LIMIT = 10_000;

/** Characters of a group of commits, and keys of a group of reads. */
const GROUP_SIZE = { commits: 1024 * 1024, reads: 1_000 };

/** A migration rewrites tables: it takes as long as it takes. */
const MIGRATION_MS = 24 * 3_600_000;

/** @throws StoreFault when the database cannot be used, with the reason for an operator. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const connections = await Connections.of(options);
  try {
    const { migrate = 'new' } = options;
    if (await needsMigration(connections, migrate)) await migratePostgres(options, false);
  } catch (error) {
    await connections.close();
    throw error;
  }
  return new PostgresStore(connections, options);
}

/**
 * Brings the schema of a database to the newest version, whatever it has.
 *
 * @param dryRun Whether to change nothing.
 * @returns What was done, or would be.
 * @throws StoreFault
 */
export async function migratePostgres(
  settings: ConnectionSettings,
  dryRun: boolean,
): Promise<readonly Migration[]> {
  const connections = await Connections.of({ ...settings, statementTimeoutMs: MIGRATION_MS });
  try {
    if (dryRun) return pendingOf(connections, await findSchema(connections));
    return await migrateSchema(connections);
  } finally {
    await connections.close();
  }
}

class PostgresStore implements Store {
  readonly facts: StoreFacts = { name: 'postgres', durable: true, shared: true };
  readonly #connections: Connections;
  readonly #commits: Groups<Commit, CommitResult>;
  readonly #reads: Groups<readonly string[], readonly (Row | undefined)[]>;
  readonly #lists: Groups<Page, readonly IndexEntry[]>;
  #closing: Promise<void> | undefined;

  constructor(connections: Connections, options: PostgresStoreOptions) {
    const { pool = 6, waitingLimit = WAITING_LIMIT, onGroup } = options;
    const shared = { lanes: Math.max(1, Math.floor(pool / 3)), waitingLimit };
    this.#connections = connections;
    this.#commits = new Groups({
      ...shared,
      what: 'commits',
      size: GROUP_SIZE.commits,
      sizeOf: lengthOf,
      run: createWriter(connections, onGroup),
    });
    this.#reads = new Groups({
      ...shared,
      what: 'reads',
      size: GROUP_SIZE.reads,
      sizeOf: (keys) => keys.length,
      run: createReader(connections),
    });
    this.#lists = new Groups({
      ...shared,
      what: 'lists',
      size: 1,
      sizeOf: () => 1,
      run: createLister(connections),
    });
  }

  async read(keys: readonly string[]): Promise<readonly (Row | undefined)[]> {
    this.#assertOpen();
    for (const key of keys) assertWellFormed(key);
    return this.#reads.add(keys);
  }

  async commit(writes: readonly Write[]): Promise<CommitResult> {
    this.#assertOpen();
    assertWrites(writes);
    return writes.length === 0 ? 'committed' : this.#commits.add(writes);
  }

  async list(index: IndexName, range: IndexRange): Promise<readonly IndexEntry[]> {
    this.#assertOpen();
    assertRange(range);
    return this.#lists.add({ index, range });
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#commits.drained(), this.#reads.drained(), this.#lists.drained()]);
    await this.#connections.close();
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new StoreFault('the postgres store is closed');
  }
}

function lengthOf(commit: Commit): number {
  const lengths = commit.map((write) =>
    write.type === 'put' ? write.key.length + write.value.length : write.key.length,
  );
  return lengths.reduce((sum, length) => sum + length, 0);
}
