/** The memory store, for tests and the simulator: a Map and two sorted indexes. */
import type {
  CommitResult,
  IndexEntries,
  IndexEntry,
  IndexName,
  IndexRange,
  Row,
  Store,
  StoreFacts,
  Write,
} from '../store.ts';
import { ABSENT, assertRange, assertWellFormed, assertWrites, StoreFault } from '../store.ts';
import { SortedIndex } from './sorted-index.ts';

export function openMemoryStore(): Store {
  return new MemoryStore();
}

const NOWHERE: IndexEntries = { subject: null, due: null };

class MemoryStore implements Store {
  readonly facts: StoreFacts = { name: 'memory', durable: false, shared: false };
  readonly #rows = new Map<string, Row>();
  readonly #indexes: Readonly<Record<IndexName, SortedIndex>> = {
    subject: new SortedIndex(),
    due: new SortedIndex(),
  };
  #closed = false;

  async read(keys: readonly string[]): Promise<readonly (Row | undefined)[]> {
    this.#assertOpen();
    for (const key of keys) assertWellFormed(key);
    return keys.map((key) => this.#rows.get(key));
  }

  async commit(writes: readonly Write[]): Promise<CommitResult> {
    this.#assertOpen();
    assertWrites(writes);
    for (const { key, saw } of writes) {
      if ((this.#rows.get(key)?.version ?? ABSENT) !== saw) return 'conflict';
    }
    for (const write of writes) this.#apply(write);
    return 'committed';
  }

  async list(index: IndexName, range: IndexRange): Promise<readonly IndexEntry[]> {
    this.#assertOpen();
    assertRange(range);
    return this.#indexes[index].page(range);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #apply(write: Write): void {
    if (write.type === 'check') return;
    const { key, saw } = write;
    const before = this.#rows.get(key)?.indexes ?? NOWHERE;
    if (write.type === 'delete') {
      this.#rows.delete(key);
      this.#file(key, before, NOWHERE);
    } else {
      const { subject, due } = write.indexes;
      this.#rows.set(key, {
        key,
        version: saw + 1,
        value: write.value,
        indexes: { subject, due },
      });
      this.#file(key, before, write.indexes);
    }
  }

  #file(key: string, before: IndexEntries, now: IndexEntries): void {
    for (const index of ['subject', 'due'] as const) {
      const from = before[index];
      const to = now[index];
      if (from === to) continue;
      if (from !== null) this.#indexes[index].remove({ at: from, key });
      if (to !== null) this.#indexes[index].add({ at: to, key });
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreFault('the memory store is closed');
  }
}
