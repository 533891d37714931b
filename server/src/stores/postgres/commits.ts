/** The writer of the postgres store: a group of commits, decided and written in one transaction. */
import type { PoolClient } from 'pg';
import type { CommitResult, IndexEntries, Version, Write } from '../store.ts';
import { ABSENT, StoreFault } from '../store.ts';
import { type Connections, together } from './connections.ts';
import { faultOf, isLost, isOfOneMember, isWorthARetry } from './faults.ts';
import { decodeText, encodeOptional, encodeText } from './texts.ts';

/** The writes of one commit. */
export type Commit = readonly Write[];

type Outcome = CommitResult | StoreFault;

/** One transaction, and what it carried. */
export interface GroupReport {
  /** How many commits were made durable by it. */
  readonly commits: number;
  /** Rows written or removed. */
  readonly rows: number;
}

/** How often a group is tried that is known to have changed nothing. */
const ATTEMPTS = 5;

/**
 * In the order of the keys, so that no two transactions wait for each other: rows that are there
 * come first, those that are to be made come second, and both in one order everywhere.
 */
const LOCK = `
  SELECT key, version FROM lamplighter_rows
  WHERE key = ANY($1::text[]) ORDER BY key FOR UPDATE`;

/**
 * What is absent cannot be locked, so it is made: whoever wants to make the same row waits for us.
 * Version 0 is never seen outside, as each of these is written or removed before the end.
 */
const HOLD_PLACES = `
  INSERT INTO lamplighter_rows (key, version, value)
  SELECT key, 0, '' FROM unnest($1::text[]) AS wanted (key) ORDER BY key
  ON CONFLICT (key) DO NOTHING RETURNING key`;

const WRITE = `
  UPDATE lamplighter_rows AS old SET version = new.version, value = new.value,
    subject_at = new.subject_at, due_at = new.due_at
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[])
    AS new (key, version, value, subject_at, due_at)
  WHERE old.key = new.key`;

const REMOVE = 'DELETE FROM lamplighter_rows WHERE key = ANY($1::text[])';

/** Carries out groups of commits. Each is all or nothing, and none depends on the others. */
export function createWriter(connections: Connections, onGroup?: (report: GroupReport) => void) {
  function tell({ outcomes, rows }: Transacted): readonly Outcome[] {
    const commits = outcomes.filter((outcome) => outcome === 'committed').length;
    if (rows > 0) onGroup?.({ commits, rows });
    return outcomes;
  }

  async function run(group: readonly Commit[]): Promise<readonly Outcome[]> {
    for (let attempt = 1; ; attempt++) {
      const progress = { isCommitting: false };
      let transacted: Transacted;
      try {
        transacted = await connections.use((client) =>
          transact(client, connections.begin, group, progress),
        );
      } catch (error) {
        const isUndone = isWorthARetry(error) || (isLost(error) && !progress.isCommitting);
        if (isUndone && attempt < ATTEMPTS) continue;
        if (isOfOneMember(error) && group.length > 1) return oneByOne(group);
        throw faultOf(connections.name, error);
      }
      return tell(transacted);
    }
  }

  async function oneByOne(group: readonly Commit[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const commit of group) {
      const [outcome] = await run([commit]).catch((fault: unknown) => [toFault(fault)]);
      if (outcome !== undefined) outcomes.push(outcome);
    }
    return outcomes;
  }

  return run;
}

interface Transacted {
  readonly outcomes: readonly CommitResult[];
  readonly rows: number;
}

/**
 * Two trips: lock and look, then write and commit. A conflict is told after the second, although it
 * is known before: its winner may be a commit of this very group.
 */
async function transact(
  client: PoolClient,
  begin: string,
  group: readonly Commit[],
  progress: { isCommitting: boolean },
): Promise<Transacted> {
  const writes = group.flat();
  const keys = [...new Set(writes.map(({ key }) => encodeText(key)))];
  const saw = writes.filter((write) => write.saw === ABSENT);
  const absent = [...new Set(saw.map(({ key }) => encodeText(key)))];
  const [, locked, made] = await together([
    client.query(begin),
    client.query<{ key: string; version: string }>(LOCK, [keys]),
    absent.length === 0 ? NONE : client.query<{ key: string }>(HOLD_PLACES, [absent]),
  ]);
  const rows = new GroupRows(absent);
  for (const { key, version } of locked.rows) rows.find(decodeText(key), Number(version));
  for (const { key } of made.rows) rows.hold(decodeText(key));

  const outcomes = group.map((commit) => rows.commit(commit));
  const { written, removed } = rows.changes();
  progress.isCommitting = true;
  const [, , ended] = await together([
    written.length === 0 ? NONE : client.query(WRITE, columnsOf(written)),
    removed.length === 0 ? NONE : client.query(REMOVE, [removed.map(encodeText)]),
    client.query('COMMIT'),
  ]);
  if (ended.command !== 'COMMIT') throw new StoreFault('a transaction was not committed');
  return { outcomes, rows: written.length + removed.length };
}

const NONE = Promise.resolve({ rows: [] });

/** A row as a commit of the group has left it. */
interface RowAfter {
  readonly version: Version;
  readonly value: string;
  readonly indexes: IndexEntries;
}

/** The rows as the commits of a group leave them, one after the other, before the server knows. */
class GroupRows {
  /** Null where somebody else has made the row a moment ago, so that its version is not known. */
  readonly #versions = new Map<string, Version | null>();
  readonly #changes = new Map<string, RowAfter | null>();
  /** What lies in the table and is no row unless a commit writes it. */
  readonly #held = new Set<string>();

  constructor(absent: readonly string[]) {
    for (const key of absent) this.#versions.set(decodeText(key), null);
  }

  /** The row is there and locked. */
  find(key: string, version: Version): void {
    // A place that was held by a transaction which never began: it is anybody's.
    if (version === ABSENT) this.hold(key);
    else this.#versions.set(key, version);
  }

  /** There is no row, and nobody else can make one. */
  hold(key: string): void {
    this.#versions.set(key, ABSENT);
    this.#held.add(key);
  }

  /** Changes nothing unless it returns `committed`. */
  commit(writes: Commit): CommitResult {
    for (const { key, saw } of writes) {
      const version = this.#versions.get(key);
      if (saw !== (version === undefined ? ABSENT : version)) return 'conflict';
    }
    for (const write of writes) {
      if (write.type === 'check') continue;
      const { key, saw } = write;
      if (write.type === 'delete') {
        this.#versions.set(key, ABSENT);
        this.#changes.set(key, null);
      } else {
        const { value, indexes } = write;
        this.#versions.set(key, saw + 1);
        this.#changes.set(key, { version: saw + 1, value, indexes });
      }
    }
    return 'committed';
  }

  changes(): { readonly written: [string, RowAfter][]; readonly removed: string[] } {
    const written: [string, RowAfter][] = [];
    const removed = new Set(this.#held);
    for (const [key, after] of this.#changes) {
      if (after === null) removed.add(key);
      else {
        written.push([key, after]);
        removed.delete(key);
      }
    }
    return { written, removed: [...removed] };
  }
}

function columnsOf(rows: readonly (readonly [string, RowAfter])[]): (string | number | null)[][] {
  return [
    rows.map(([key]) => encodeText(key)),
    rows.map(([, { version }]) => version),
    rows.map(([, { value }]) => encodeText(value)),
    rows.map(([, { indexes }]) => encodeOptional(indexes.subject)),
    rows.map(([, { indexes }]) => encodeOptional(indexes.due)),
  ];
}

function toFault(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  throw error;
}
