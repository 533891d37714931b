/** The shape of one conformance check, and the words in which the checks are written. */
import assert from 'node:assert/strict';
import type { IndexEntries, IndexEntry, IndexName, Row, Store, Version, Write } from '../store.ts';
import { LIST_LIMIT } from '../store.ts';

/** An empty store, opened for one check. */
export interface StoreUnderTest {
  readonly store: Store;
  /** The same rows, opened anew; called once the store before is closed. Durable stores have it. */
  readonly reopen?: () => Promise<Store>;
  /** Closes what is still open, and leaves nothing behind. */
  remove(): Promise<void>;
}

export type OpenStore = () => Promise<StoreUnderTest>;

/** One promise of the port. `run` throws when the store does not keep it. */
export interface Check {
  readonly name: string;
  /** Only of stores whose facts say that they are durable. */
  readonly durable?: true;
  run(tested: StoreUnderTest): Promise<void>;
}

export function put(
  key: string,
  saw: Version,
  value = '',
  indexes: Partial<IndexEntries> = {},
): Write {
  return { type: 'put', key, saw, value, indexes: { subject: null, due: null, ...indexes } };
}

export function remove(key: string, saw: Version): Write {
  return { type: 'delete', key, saw };
}

export function check(key: string, saw: Version): Write {
  return { type: 'check', key, saw };
}

export async function commits(store: Store, ...writes: Write[]): Promise<void> {
  assert.equal(await store.commit(writes), 'committed');
}

export async function conflicts(store: Store, ...writes: Write[]): Promise<void> {
  assert.equal(await store.commit(writes), 'conflict');
}

export async function readOne(store: Store, key: string): Promise<Row | undefined> {
  const [row] = await store.read([key]);
  return row;
}

export async function readThere(store: Store, key: string): Promise<Row> {
  const row = await readOne(store, key);
  assert.ok(row, `there is no row ${JSON.stringify(key)}`);
  return row;
}

/** Value and version of each row, the shape that most checks compare. */
export async function readShort(store: Store, ...keys: string[]): Promise<unknown[]> {
  const rows = await store.read(keys);
  return rows.map((row) => row && [row.version, row.value]);
}

/** A stretch of an index, page by page. */
export async function listAll(
  store: Store,
  index: IndexName,
  from: string,
  to: string,
  limit = LIST_LIMIT,
): Promise<IndexEntry[]> {
  const entries: IndexEntry[] = [];
  for (;;) {
    const after = entries.at(-1);
    const range = after === undefined ? { from, to, limit } : { from, to, after, limit };
    const page = await store.list(index, range);
    assert.ok(page.length <= limit, `a page of ${page.length} entries, limit ${limit}`);
    entries.push(...page);
    if (page.length < limit) return entries;
    assert.ok(entries.length <= 10_000, 'the list never ends');
  }
}

/** The keys of a stretch of an index, in its order. */
export async function listKeys(
  store: Store,
  index: IndexName,
  from: string,
  to: string,
): Promise<string[]> {
  const entries = await listAll(store, index, from, to);
  return entries.map((entry) => entry.key);
}

/** The order that the port names: by UTF-8 bytes, first of `at`, then of the key. */
export function inIndexOrder(left: IndexEntry, right: IndexEntry): number {
  return compareBytes(left.at, right.at) || compareBytes(left.key, right.key);
}

export function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** `count` promises of one function, begun at once. */
export function atOnce<T>(count: number, run: (which: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, which) => run(which)));
}
