/**
 * The store port: what every store promises, and all that the rest of the server knows of one.
 *
 * A store is a table of versioned rows with two sorted indexes. It never learns what a session is,
 * what expiry means, or what time it is. `conformance.ts` beside this file checks every promise.
 *
 * Every string handed to a store is well-formed Unicode and may hold any character, NUL included.
 */
import { AssertionError } from 'node:assert/strict';

/** A row's version: 1 when it is created, one more at every commit that changes it. */
export type Version = number;

/** The version to name when the row must not exist yet. */
export const ABSENT: Version = 0;

/** The sorted indexes. An index holds at most one entry per row. */
export type IndexName = 'subject' | 'due';

/** Where a row stands in each index; null keeps it out of that index. Compared as UTF-8 bytes. */
export type IndexEntries = Readonly<Record<IndexName, string | null>>;

export interface Row {
  readonly key: string;
  readonly version: Version;
  /** Opaque to the store. */
  readonly value: string;
  readonly indexes: IndexEntries;
}

/**
 * One change of a commit. Each names the version that it saw, `ABSENT` included; at most one write
 * per key in a commit.
 *
 * - `put` creates or replaces the row,
 * - `delete` removes it,
 * - `check` changes nothing, and holds the commit to the row being as it was seen.
 */
export type Write =
  | {
      readonly type: 'put';
      readonly key: string;
      readonly saw: Version;
      readonly value: string;
      readonly indexes: IndexEntries;
    }
  | { readonly type: 'delete'; readonly key: string; readonly saw: Version }
  | { readonly type: 'check'; readonly key: string; readonly saw: Version };

export type CommitResult = 'committed' | 'conflict';

export interface IndexEntry {
  /** The row's place in the index. */
  readonly at: string;
  readonly key: string;
}

/** A bounded stretch of an index, both ends included. */
export interface IndexRange {
  readonly from: string;
  readonly to: string;
  /** Resume behind this entry, the last one of the page before. */
  readonly after?: IndexEntry;
  /** Entries at most, 1 to `LIST_LIMIT`. */
  readonly limit: number;
}

/** The longest page that a store hands out. */
export const LIST_LIMIT = 1000;

/** What an operator and a test may want to know of a store. */
export interface StoreFacts {
  readonly name: string;
  /** Whether an acknowledged commit survives the death of the process, and of the machine. */
  readonly durable: boolean;
  /** Whether several processes may use it at once. */
  readonly shared: boolean;
}

export interface Store {
  readonly facts: StoreFacts;

  /** The rows under these keys as of one moment, in their order; undefined where there is none. */
  read(keys: readonly string[]): Promise<readonly (Row | undefined)[]>;

  /**
   * All of the writes, or none. `conflict` says that a row was not as the write saw it, and that
   * nothing was changed; whoever reads afterwards sees what stood in the way. `committed` is said
   * once the change would survive a crash.
   *
   * @throws StoreFault when it cannot tell, or cannot do it: the writes may or may not be there.
   */
  commit(writes: readonly Write[]): Promise<CommitResult>;

  /** A page of an index as of one moment, ordered by `at`, then by key. */
  list(index: IndexName, range: IndexRange): Promise<readonly IndexEntry[]>;

  /**
   * Finishes what is in flight and lets go. Every later call throws a StoreFault, save another
   * `close`, which is harmless.
   */
  close(): Promise<void>;
}

/** The store could not answer: down, full, closed. Never a bug of the caller, never a conflict. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault';
}

/**
 * What every store asks of a commit before it looks at a row.
 *
 * @throws AssertionError when the caller has a bug.
 */
export function assertWrites(writes: readonly Write[]): void {
  for (const write of writes) {
    assertWellFormed(write.key);
    if (!Number.isSafeInteger(write.saw) || write.saw < ABSENT) refuse('saw must be a version');
    if (write.type !== 'put') continue;
    assertWellFormed(write.value);
    assertWellFormed(write.indexes.subject ?? '');
    assertWellFormed(write.indexes.due ?? '');
  }
  if (writes.length > 1 && new Set(writes.map((write) => write.key)).size < writes.length) {
    refuse('a commit has two writes of one key');
  }
}

/**
 * What every store asks of a range before it lists.
 *
 * @throws AssertionError when the caller has a bug.
 */
export function assertRange(range: IndexRange): void {
  const { from, to, after, limit } = range;
  for (const text of [from, to, after?.at ?? '', after?.key ?? '']) assertWellFormed(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIST_LIMIT) {
    refuse(`limit must be a whole number from 1 to ${LIST_LIMIT}`);
  }
}

/** A lone surrogate has no UTF-8, and would be stored as another text than the one given. */
export function assertWellFormed(text: string): void {
  if (!text.isWellFormed()) refuse('a text for the store is not well-formed Unicode');
}

function refuse(message: string): never {
  throw new AssertionError({ message });
}
