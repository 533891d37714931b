/** The readers of the postgres store: many callers' keys in one statement, and pages of an index. */
import type { IndexEntry, IndexName, IndexRange, Row, StoreFault } from '../store.ts';
import type { Connections } from './connections.ts';
import { faultOf, isLost } from './faults.ts';
import { decodeOptional, decodeText, encodeText } from './texts.ts';

const READ = `
  SELECT key, version, value, subject_at, due_at FROM lamplighter_rows
  WHERE key = ANY($1::text[]) AND version > 0`;

const PLACES: Readonly<Record<IndexName, string>> = { subject: 'subject_at', due: 'due_at' };

interface TableRow {
  readonly key: string;
  /** The driver hands out a bigint as text. */
  readonly version: string;
  readonly value: string;
  readonly subject_at: string | null;
  readonly due_at: string | null;
}

export interface Page {
  readonly index: IndexName;
  readonly range: IndexRange;
}

type Rows = readonly (Row | undefined)[];

/** Reads for a group of callers at once; one statement sees one moment. */
export function createReader(connections: Connections) {
  return async (group: readonly (readonly string[])[]): Promise<readonly Rows[]> => {
    const wanted = [...new Set(group.flat())];
    const found = wanted.length === 0 ? [] : await readAll(connections, wanted);
    const rows = new Map(found.map((row) => [row.key, row]));
    return group.map((keys) => keys.map((key) => rows.get(key)));
  };
}

/** Lists one page after the other. */
export function createLister(connections: Connections) {
  return async (group: readonly Page[]): Promise<readonly (readonly IndexEntry[])[]> =>
    Promise.all(group.map((page) => list(connections, page)));
}

async function readAll(connections: Connections, keys: readonly string[]): Promise<Row[]> {
  const rows = await ask<TableRow>(connections, READ, [keys.map(encodeText)]);
  return rows.map(({ key, version, value, subject_at, due_at }) => ({
    key: decodeText(key),
    version: Number(version),
    value: decodeText(value),
    indexes: { subject: decodeOptional(subject_at), due: decodeOptional(due_at) },
  }));
}

async function list(connections: Connections, { index, range }: Page): Promise<IndexEntry[]> {
  const { from, to, after, limit } = range;
  const at = PLACES[index];
  const behind = after === undefined ? '' : `AND (${at}, key) > ($4::text, $5::text)`;
  const sql = `
    SELECT ${at} AS at, key FROM lamplighter_rows
    WHERE ${at} >= $1::text AND ${at} <= $2::text ${behind} ORDER BY ${at}, key LIMIT $3::int`;
  const resume = after === undefined ? [] : [encodeText(after.at), encodeText(after.key)];
  const values = [encodeText(from), encodeText(to), limit, ...resume];
  const entries = await ask<IndexEntry>(connections, sql, values);
  return entries.map((entry) => ({ at: decodeText(entry.at), key: decodeText(entry.key) }));
}

/** A statement of its own; on a connection that turns out to be dead, once more on another. */
async function ask<R extends object>(
  connections: Connections,
  sql: string,
  values: readonly unknown[],
): Promise<readonly R[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connections.use(async (client) => {
        const { rows } = await client.query<R>(sql, [...values]);
        return rows;
      });
    } catch (error) {
      if (isLost(error) && attempt === 1) continue;
      throw faultOf(connections.name, error) satisfies StoreFault;
    }
  }
}
