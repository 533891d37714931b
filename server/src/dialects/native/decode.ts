/**
 * Reads requests: bodies with the members that are expected, pages, tokens.
 */

import { authorization, jsonBody, queryValue } from '../answers.ts';
import type { Services, WireRequest } from '../dialect.ts';

/** What was wrong with a request, in words for its sender. */
export interface Unfit {
  readonly unfit: string;
}

/** The members of a JSON body: the needed ones, then those that may be left out. */
export function readMembers<Needed extends string, Optional extends string = never>(
  request: WireRequest,
  needed: readonly Needed[],
  optional: readonly Optional[] = [],
): (Record<Needed, string> & Partial<Record<Optional, string>>) | Unfit {
  const body = jsonBody(request);
  if (!body) return { unfit: 'The body must be a JSON object.' };
  const members: Record<string, string> = {};
  for (const name of [...needed, ...optional]) {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    if (value === undefined && !needed.some((other) => other === name)) continue;
    if (typeof value !== 'string') return { unfit: `"${name}" must be a string.` };
    members[name] = value;
  }
  const known = new Set<string>([...needed, ...optional]);
  const stray = Object.keys(body).find((name) => !known.has(name));
  if (stray !== undefined) return { unfit: `"${stray.slice(0, 64)}" means nothing here.` };
  return members as Record<Needed, string> & Partial<Record<Optional, string>>;
}

const PAGE_MAX = 100;

export interface PageAsk {
  readonly limit: number;
  readonly after: { readonly at: string; readonly key: string } | undefined;
}

export function readPage(request: WireRequest): PageAsk | Unfit {
  const written = queryValue(request, 'limit') ?? '20';
  const limit = /^\d{1,3}$/.test(written) ? Number(written) : 0;
  if (limit < 1 || limit > PAGE_MAX) return { unfit: `"limit" must be 1 to ${PAGE_MAX}.` };
  const cursor = queryValue(request, 'after');
  if (cursor === undefined) return { limit, after: undefined };
  const [at, key, ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split('\n');
  if (at === undefined || key === undefined || rest.length > 0) {
    return { unfit: '"after" must be the "next" of the page before.' };
  }
  return { limit, after: { at, key } };
}

export function writeCursor({ at, key }: { at: string; key: string }): string {
  return Buffer.from(`${at}\n${key}`).toString('base64url');
}

/**
 * The session token of an `Authorization: Bearer` header (RFC 6750, section 2.1), in the shape of
 * whichever dialect handed it out.
 */
export function readBearer({ readSessionToken }: Services, request: WireRequest) {
  const text = authorization(request, 'bearer');
  return text === undefined ? undefined : readSessionToken(text);
}
