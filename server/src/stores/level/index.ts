/** The level store: rows on the local disk, for one process, durable through grouped commits. */
import { resolve } from 'node:path';
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
import { Database } from './database.ts';
import { GroupCommit, type GroupReport } from './group-commit.ts';

export type { GroupReport } from './group-commit.ts';

export interface LevelStoreOptions {
  /** Made with mode 0700 when it is missing; the store's alone. */
  readonly directory: string;
  /** More commits than this do not wait, but fail at once; 10,000 unless told. */
  readonly waitingLimit?: number;
  /** Called after each sync of the disk with what it carried. */
  readonly onGroup?: (report: GroupReport) => void;
}

const WAITING_LIMIT = 10_000;

/** @throws StoreFault when the directory cannot be opened, with the reason for an operator. */
export async function openLevelStore(options: LevelStoreOptions): Promise<Store> {
  const { directory, waitingLimit = WAITING_LIMIT, ...rest } = options;
  const path = resolve(directory);
  return new LevelStore(path, await Database.open(path), { waitingLimit, ...rest });
}

class LevelStore implements Store {
  readonly facts: StoreFacts = { name: 'level', durable: true, shared: false };
  readonly #directory: string;
  readonly #database: Database;
  readonly #writer: GroupCommit;
  #closing: Promise<void> | undefined;

  constructor(
    directory: string,
    database: Database,
    options: ConstructorParameters<typeof GroupCommit>[1],
  ) {
    this.#directory = directory;
    this.#database = database;
    this.#writer = new GroupCommit(database, options);
  }

  async read(keys: readonly string[]): Promise<readonly (Row | undefined)[]> {
    this.#assertOpen();
    for (const key of keys) assertWellFormed(key);
    return this.#database.rows(keys);
  }

  async commit(writes: readonly Write[]): Promise<CommitResult> {
    this.#assertOpen();
    assertWrites(writes);
    return this.#writer.commit(writes);
  }

  async list(index: IndexName, range: IndexRange): Promise<readonly IndexEntry[]> {
    this.#assertOpen();
    assertRange(range);
    return this.#database.list(index, range);
  }

  async close(): Promise<void> {
    this.#closing ??= this.#writer.drained().then(() => this.#database.close());
    await this.#closing;
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new StoreFault(`the level store in ${this.#directory} is closed`);
  }
}
