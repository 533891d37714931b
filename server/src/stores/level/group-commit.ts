/** The writer of the level store: a group of commits on its way to the disk, the next filling. */
import type { CommitResult, Row, Write } from '../store.ts';
import { ABSENT, StoreFault } from '../store.ts';
import type { RowChange } from './rows.ts';

/** What the writer needs of the database beneath it. */
export interface Disk {
  /** @throws StoreFault when nothing can be read or written now. */
  ready(): Promise<void>;
  /** The row as the last `write` left it. @throws StoreFault */
  row(key: string): Row | undefined;
  /** All of the changes or none; durable and readable once it resolves. @throws StoreFault */
  write(changes: readonly RowChange[]): Promise<Written>;
}

export interface Written {
  readonly operations: number;
  /** Keys and values, in bytes of UTF-8. */
  readonly bytes: number;
}

/** One sync of the disk, and what it carried. */
export interface GroupReport extends Written {
  /** How many commits were made durable by it. */
  readonly commits: number;
}

export interface GroupCommitOptions {
  /** More commits than this do not wait: they are refused at once. */
  readonly waitingLimit: number;
  readonly onGroup?: (report: GroupReport) => void;
}

/** Characters of keys and values after which a group is closed, to bound the time that it takes. */
const GROUP_SIZE = 1024 * 1024;

interface Waiting {
  readonly writes: readonly Write[];
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (fault: unknown) => void;
}

type Outcome = CommitResult | StoreFault;

export class GroupCommit {
  readonly #disk: Disk;
  readonly #options: GroupCommitOptions;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(disk: Disk, options: GroupCommitOptions) {
    this.#disk = disk;
    this.#options = options;
  }

  /** @throws StoreFault when too many commits wait, or the disk failed. */
  async commit(writes: readonly Write[]): Promise<CommitResult> {
    if (this.#waiting.length >= this.#options.waitingLimit) {
      throw new StoreFault(`the level store is overloaded: ${this.#waiting.length} commits wait`);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writes, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when no commit waits. */
  async drained(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Callers that were just answered come back within the turn, and share the sync.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#finish(this.#nextGroup());
    }
    this.#running = undefined;
  }

  #nextGroup(): Waiting[] {
    let count = 0;
    for (let size = 0; size < GROUP_SIZE; count++) {
      const next = this.#waiting[count];
      if (next === undefined) break;
      for (const write of next.writes) {
        size += write.key.length + (write.type === 'put' ? write.value.length : 0);
      }
    }
    return this.#waiting.splice(0, count);
  }

  /** Nobody is answered before the disk is: a conflict may be with a winner of this very group. */
  async #finish(group: readonly Waiting[]): Promise<void> {
    const outcomes: Outcome[] = [];
    let written: Written | undefined;
    try {
      await this.#disk.ready();
      const rows = new GroupRows(this.#disk);
      for (const { writes } of group) outcomes.push(outcomeOf(rows, writes));
      const changes = rows.changes();
      if (changes.length > 0) written = await this.#disk.write(changes);
    } catch (fault) {
      for (const { reject } of group) reject(fault);
      return;
    }
    for (const [which, { resolve, reject }] of group.entries()) {
      const outcome = outcomes[which];
      if (outcome === 'committed' || outcome === 'conflict') resolve(outcome);
      else reject(outcome);
    }
    if (written === undefined) return;
    const commits = outcomes.filter((outcome) => outcome === 'committed').length;
    this.#options.onGroup?.({ commits, ...written });
  }
}

/** The rows as the commits of a group leave them, one after the other, before the disk knows. */
class GroupRows {
  readonly #disk: Disk;
  readonly #changes = new Map<string, RowChange>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Changes nothing unless it returns `committed`. @throws StoreFault when a row is unreadable. */
  commit(writes: readonly Write[]): CommitResult {
    for (const { key, saw } of writes) {
      if ((this.#change(key).after?.version ?? ABSENT) !== saw) return 'conflict';
    }
    for (const write of writes) {
      if (write.type === 'check') continue;
      const { key, saw } = write;
      const { before } = this.#change(key);
      if (write.type === 'delete') {
        this.#changes.set(key, { key, before, after: undefined });
      } else {
        const { value, indexes } = write;
        const after = { key, version: saw + 1, value, indexes };
        this.#changes.set(key, { key, before, after });
      }
    }
    return 'committed';
  }

  changes(): RowChange[] {
    return [...this.#changes.values()].filter(({ before, after }) => before !== after);
  }

  #change(key: string): RowChange {
    const known = this.#changes.get(key);
    if (known !== undefined) return known;
    const row = this.#disk.row(key);
    const unchanged = { key, before: row, after: row };
    this.#changes.set(key, unchanged);
    return unchanged;
  }
}

/** A row that cannot be read is the fault of its own commit only, not of the group. */
function outcomeOf(rows: GroupRows, writes: readonly Write[]): Outcome {
  try {
    return rows.commit(writes);
  } catch (fault) {
    if (fault instanceof StoreFault) return fault;
    throw fault;
  }
}
