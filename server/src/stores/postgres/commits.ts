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

/** A deadlock or a lost connection is over after one more try, or it is none of ours. */
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
  async function run(group: readonly Commit[]): Promise<readonly Outcome[]> {
    for (let attempt = 1; ; attempt++) {
      const progress = { isCommitting: false };
      try {
        const { outcomes, rows } = await connections.use((client) =>
          transact(client, connections.begin, group, progress),
        );
        const commits = outcomes.filter((outcome) => outcome === 'committed').length;
        if (rows > 0) onGroup?.({ commits, rows });
        return outcomes;
      } catch (error) {
        const isUndone = isWorthARetry(error) || (isLost(error) && !progress.isCommitting);
        if (isUndone && attempt < ATTEMPTS) continue;
        if (isOfOneMember(error) && group.length > 1) return oneByOne(group);
        if (isBug(error)) throw error;
        throw faultOf(connections.name, error);
      }
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
