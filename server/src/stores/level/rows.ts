/** The layout of the level store: which key holds what, and how a row is written down. */
import type { IndexEntry, IndexName, IndexRange, Row } from '../store.ts';
import { StoreFault } from '../store.ts';

/** Goes up when a program of before could misread what is written now. */
export const FORMAT = 1;
export const FORMAT_KEY = 'store:format';

/** A row before and after a group of commits; undefined where there is none. */
export interface RowChange {
  readonly key: string;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string };

export function rowKey(key: string): string {
  return `row:${key}`;
}

/** A line of JSON, `[version, subject, due]`, and the value as it is. */
export function encodeRow({ version, value, indexes }: Row): string {
  return `${JSON.stringify([version, indexes.subject, indexes.due])}\n${value}`;
}

/** @throws StoreFault when the text was not written by `encodeRow`. */
export function decodeRow(key: string, text: string): Row {
  const end = text.indexOf('\n');
  const [version, subject, due] = parseHead(text.slice(0, Math.max(end, 0)));
  return { key, version, value: text.slice(end + 1), indexes: { subject, due } };
}

/**
 * Index keys sort as (at, key) do: a NUL in `at` becomes NUL 1, and NUL NUL, which sorts before
 * everything that could go on in its place, ends it.
 */
export function indexKey(index: IndexName, { at, key }: IndexEntry): string {
  return `${placeKey(index, at)}\0\0${key}`;
}

export function decodeIndexKey(index: IndexName, text: string): IndexEntry {
  const start = index.length + 1;
  const end = text.indexOf('\0\0', start);
  return { at: text.slice(start, end).replaceAll('\0\x01', '\0'), key: text.slice(end + 2) };
}

/** The stretch of index keys that a range means: behind `gt`, or from `gte`, up to before `lt`. */
export function indexBounds(
  index: IndexName,
  { from, to, after }: IndexRange,
): { readonly gt: string; readonly lt: string } | { readonly gte: string; readonly lt: string } {
  const lt = `${placeKey(index, to)}\0\x01`;
  const gte = `${placeKey(index, from)}\0\0`;
  if (after === undefined) return { gte, lt };
  const gt = indexKey(index, after);
  return Buffer.compare(Buffer.from(gt), Buffer.from(gte)) < 0 ? { gte, lt } : { gt, lt };
}

/** What has to be written for a change; an index entry that stays where it was is not touched. */
export function operationsOf({ key, before, after }: RowChange): Operation[] {
  const operations: Operation[] = [];
  if (after !== undefined) {
    operations.push({ type: 'put', key: rowKey(key), value: encodeRow(after) });
  } else if (before !== undefined) {
    operations.push({ type: 'del', key: rowKey(key) });
  }
  for (const index of ['subject', 'due'] as const) {
    const from = before?.indexes[index] ?? null;
    const to = after?.indexes[index] ?? null;
    if (from === to) continue;
    if (from !== null) operations.push({ type: 'del', key: indexKey(index, { at: from, key }) });
    if (to !== null)
      operations.push({ type: 'put', key: indexKey(index, { at: to, key }), value: '' });
  }
  return operations;
}

function placeKey(index: IndexName, at: string): string {
  return `${index}:${at.replaceAll('\0', '\0\x01')}`;
}

function parseHead(line: string): [number, string | null, string | null] {
  try {
    const head: unknown = JSON.parse(line);
    if (Array.isArray(head) && Number.isSafeInteger(head[0])) {
      return [head[0], textOrNull(head[1]), textOrNull(head[2])];
    }
  } catch {}
  throw new StoreFault('a row of the level store is damaged');
}

function textOrNull(field: unknown): string | null {
  return typeof field === 'string' ? field : null;
}
