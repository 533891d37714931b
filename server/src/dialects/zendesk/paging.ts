/**
 * Which page of a list is asked for, by cursor or by offset, and the links that lead to the pages
 * around it (fact sheet C.6).
 */

import type { SessionPage } from '../../sessions/sessions.ts';
import { isObject, queryValue } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import { INVALID_CURSOR, invalidAttribute, TOO_DEEP, type ZendeskError } from './errors.ts';

/** Where a list goes on. */
export type Place = NonNullable<SessionPage['next']>;

export type PageAsk =
  | { readonly by: 'offset'; readonly page: number; readonly size: number }
  | { readonly by: 'after'; readonly size: number; readonly place: Place | 'start' | 'end' }
  /** The sessions before the one of that number. */
  | { readonly by: 'before'; readonly size: number; readonly number: number };

/** The longest page, and the one that is sent to whoever names no length. */
const SIZE_MAX = 100;

/** How far offsets reach, in records. */
export const DEPTH_MAX = 10_000;

/** By cursor when the client names a parameter of it, else by offset. */
export function readPageAsk(request: WireRequest): PageAsk | ZendeskError {
  const [size, after, before] = ['page[size]', 'page[after]', 'page[before]'].map((name) =>
    queryValue(request, name),
  );
  if (size === undefined && after === undefined && before === undefined) {
    return readOffset(request);
  }
  const length = readCount(size, SIZE_MAX);
  if (length === undefined) return invalidAttribute('page.size');
  const common = { size: Math.min(length, SIZE_MAX) };
  if (after !== undefined) {
    const place = readPlace(after);
    return place ? { by: 'after', ...common, place } : INVALID_CURSOR;
  }
  if (before !== undefined) {
    const number = readCursor(before);
    if (typeof number !== 'number') return INVALID_CURSOR;
    return { by: 'before', ...common, number };
  }
  return { by: 'after', ...common, place: 'start' };
}

function readOffset(request: WireRequest): PageAsk | ZendeskError {
  const page = readCount(queryValue(request, 'page'), 1);
  if (page === undefined) return invalidAttribute('page');
  const length = readCount(queryValue(request, 'per_page'), SIZE_MAX);
  if (length === undefined) return invalidAttribute('per_page');
  const size = Math.min(length, SIZE_MAX);
  return page * size > DEPTH_MAX ? TOO_DEEP : { by: 'offset', page, size };
}

function readCount(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return count > 0 ? count : undefined;
}

function readPlace(cursor: string): Place | 'end' | undefined {
  const value = readCursor(cursor);
  if (value === null) return 'end';
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [at, key]: unknown[] = value;
  if (typeof at !== 'string' || typeof key !== 'string') return undefined;
  return at.isWellFormed() && key.isWellFormed() ? { at, key } : undefined;
}

/** What a cursor holds; undefined when it is none of ours. */
function readCursor(cursor: string): unknown {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return isObject(read) ? read.v : undefined;
  } catch {
    return undefined;
  }
}

/** JSON in base64, as the vendor's are; in the letters that need no escape in a link. */
function writeCursor(value: Place | number | null): string {
  const v = typeof value === 'object' && value ? [value.at, value.key] : value;
  return Buffer.from(JSON.stringify({ o: 'id', v })).toString('base64url');
}

/** What stands around a page by cursor. */
export interface Around {
  /** Whether there is more in the direction that was asked for. */
  readonly hasMore: boolean;
  /** Behind the page's last session; null when that is the last of the list. */
  readonly after: Place | null;
  /** The number of the page's first session; undefined when the page is empty. */
  readonly first: number | undefined;
}

/**
 * The members behind the list itself. A page with sessions has links in both directions, the last
 * one as well; the empty one behind it has none: clients follow them until then.
 */
export function cursorMembers(
  request: WireRequest,
  size: number,
  { hasMore, after, first }: Around,
) {
  const isEmpty = first === undefined;
  const cursors = isEmpty
    ? { after: null, before: null }
    : { after: writeCursor(after), before: writeCursor(first) };
  const link = (name: string, cursor: string | null) =>
    cursor && linkTo(request, { [`page[${name}]`]: cursor, 'page[size]': String(size) });
  return {
    meta: { has_more: hasMore, after_cursor: cursors.after, before_cursor: cursors.before },
    links: { prev: link('before', cursors.before), next: link('after', cursors.after) },
  };
}

/** @param total How many there are, as far as anybody counts. */
export function offsetMembers(
  request: WireRequest,
  { page, size }: { readonly page: number; readonly size: number },
  { total, hasMore }: { readonly total: number; readonly hasMore: boolean },
) {
  const perPage = queryValue(request, 'per_page') !== undefined && { per_page: String(size) };
  const link = (to: number) => linkTo(request, { page: String(to), ...perPage });
  return {
    next_page: hasMore ? link(page + 1) : null,
    previous_page: page > 1 ? link(page - 1) : null,
    count: total,
  };
}

/** Begins as the client's own request did: clients cut their base address off again. */
function linkTo({ origin, path }: WireRequest, query: Readonly<Record<string, string>>): string {
  return `${origin}${path}?${new URLSearchParams(query)}`;
}
