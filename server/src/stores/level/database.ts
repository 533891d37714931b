/** The database beneath the store: what is read, what is written, what follows a failed write. */
import type { GetOptions } from 'classic-level';
import type { IndexEntry, IndexName, IndexRange, Row } from '../store.ts';
import type { Disk, Written } from './group-commit.ts';
import { faultOf, type Level, openLevel } from './opening.ts';
import type { Operation, RowChange } from './rows.ts';
import { decodeIndexKey, decodeRow, indexBounds, operationsOf, rowKey } from './rows.ts';

/**
 * Keys go to `getSync` as bytes. Strings it writes to a buffer that it reuses, and where the buffer
 * ends within a wide character the rest of the key is lost, without a word (classic-level 3.0.0).
 */
const BYTES = { keyEncoding: 'buffer', valueEncoding: 'utf8' } as const;

export class Database implements Disk {
  readonly #directory: string;
  readonly #level: Level;
  #failed = false;
  #recovering: Promise<void> | undefined;

  private constructor(directory: string, level: Level) {
    this.#directory = directory;
    this.#level = level;
  }

  /** @throws StoreFault when the directory cannot be this program's store. */
  static async open(directory: string): Promise<Database> {
    return new Database(directory, await openLevel(directory));
  }

  /**
   * After a failed write LevelDB's log may hold the group, half of it, or nothing; its memory holds
   * nothing. Opening it anew replays the log, which settles that, and begins a new one: whatever is
   * acknowledged behind a torn record would be dropped by a later replay.
   *
   * @throws StoreFault while it cannot be opened.
   */
  async ready(): Promise<void> {
    if (!this.#failed) return;
    this.#recovering ??= this.#recover().finally(() => {
      this.#recovering = undefined;
    });
    await this.#recovering;
  }

  row(key: string): Row | undefined {
    return this.#row(key, BYTES);
  }

  /** Rows as of one moment. @throws StoreFault */
  async rows(keys: readonly string[]): Promise<(Row | undefined)[]> {
    if (this.#failed) await this.ready();
    if (keys.length < 2) return keys.map((key) => this.row(key));
    const snapshot = this.#level.snapshot();
    try {
      const options = { ...BYTES, snapshot };
      return keys.map((key) => this.#row(key, options));
    } finally {
      await snapshot.close();
    }
  }

  /** @throws StoreFault */
  async list(index: IndexName, range: IndexRange): Promise<IndexEntry[]> {
    if (this.#failed) await this.ready();
    try {
      const options = { ...indexBounds(index, range), limit: range.limit };
      const texts = await this.#level.keys(options).all();
      return texts.map((text) => decodeIndexKey(index, text));
    } catch (error) {
      throw faultOf(this.#directory, error);
    }
  }

  async write(changes: readonly RowChange[]): Promise<Written> {
    const operations = changes.flatMap(operationsOf);
    try {
      const batch = this.#level.batch();
      for (const operation of operations) {
        if (operation.type === 'put') batch.put(operation.key, operation.value);
        else batch.del(operation.key);
      }
      await batch.write({ sync: true });
    } catch (error) {
      this.#failed = true;
      throw faultOf(this.#directory, error);
    }
    const sizes = operations.map((operation) => sizeOf(operation));
    return { operations: operations.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  /** The driver waits for lists that are in flight. */
  async close(): Promise<void> {
    await this.#recovering?.catch(() => {});
    await this.#level.close();
  }

  #row(key: string, options: GetOptions<Buffer, string>): Row | undefined {
    try {
      const text = this.#level.getSync(Buffer.from(rowKey(key)), options);
      return text === undefined ? undefined : decodeRow(key, text);
    } catch (error) {
      throw faultOf(this.#directory, error);
    }
  }

  async #recover(): Promise<void> {
    try {
      await this.#level.close();
      await this.#level.open();
    } catch (error) {
      throw faultOf(this.#directory, error);
    }
    this.#failed = false;
  }
}

function sizeOf(operation: Operation): number {
  const value = operation.type === 'put' ? Buffer.byteLength(operation.value) : 0;
  return Buffer.byteLength(operation.key) + value;
}
