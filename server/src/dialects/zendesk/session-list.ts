/**
 * A page of the live sessions of a person, or of the whole realm, with what leads on from it.
 */

import type { Person } from '../../directory/directory.ts';
import type { Session } from '../../engine/session.ts';
import type { WireRequest } from '../dialect.ts';
import { numberOf } from '../numbers.ts';
import type { Context } from './context.ts';
import { sessionNumber, sessionObject } from './encode.ts';
import type { Outcome } from './endpoint.ts';
import { INVALID_CURSOR, TOO_DEEP, type ZendeskError } from './errors.ts';
import {
  cursorMembers,
  DEPTH_MAX,
  offsetMembers,
  type PageAsk,
  type Place,
  readPageAsk,
} from './paging.ts';

/** How many records are read at once by whoever counts them. */
const STRIDE = 500;

/** A list: the sessions of a person, or of the realm. */
type Live = (limit: number, after?: Place) => Promise<{ sessions: Session[]; next: Place | null }>;

/** @param person Null for everybody of the realm. */
export async function listSessions(
  context: Context,
  request: WireRequest,
  person: Person | null,
): Promise<Outcome> {
  const ask = readPageAsk(request);
  if ('status' in ask) return ask;
  const { sessions } = context.services;
  const { realm } = context.config;
  const live: Live = async (limit, after) => {
    const page = await sessions.live(realm, person?.subject ?? null, limit, after);
    return { sessions: page.sessions.map(({ session }) => session), next: page.next };
  };
  const page = await pageOf(live, request, ask);
  if ('status' in page) return page;
  const { found, members } = page;
  const numbers = await userNumbers(context, found);
  const list = found.map((session) =>
    sessionObject(session, numbers.get(session.subject) ?? 0, request),
  );
  return { body: { sessions: list, ...members } };
}

interface Page {
  readonly found: readonly Session[];
  readonly members: object;
}

function pageOf(live: Live, request: WireRequest, ask: PageAsk): Promise<Page | ZendeskError> {
  switch (ask.by) {
    case 'offset':
      return offsetPage(live, request, ask);
    case 'after':
      return pageAfter(live, request, ask);
    case 'before':
      return pageBefore(live, request, ask);
  }
}

async function offsetPage(
  live: Live,
  request: WireRequest,
  ask: Extract<PageAsk, { by: 'offset' }>,
): Promise<Page> {
  const from = (ask.page - 1) * ask.size;
  const found: Session[] = [];
  let seen = 0;
  for await (const session of inOrder(live)) {
    if (seen >= from && seen < from + ask.size) found.push(session);
    seen++;
  }
  const members = offsetMembers(request, ask, {
    total: Math.min(seen, DEPTH_MAX),
    // Beyond the depth the next page is an error, which says that there is more: as the vendor has it.
    hasMore: seen > from + ask.size,
  });
  return { found, members };
}

async function pageAfter(
  live: Live,
  request: WireRequest,
  { size, place }: Extract<PageAsk, { by: 'after' }>,
): Promise<Page> {
  const page =
    place === 'end'
      ? { sessions: [], next: null }
      : await live(size, place === 'start' ? undefined : place);
  return cursorPage(request, size, page.sessions, page.next, page.next !== null);
}

/** Lists lead forward alone: this one counts from the beginning, no further than offsets reach. */
async function pageBefore(
  live: Live,
  request: WireRequest,
  { size, number }: Extract<PageAsk, { by: 'before' }>,
): Promise<Page | ZendeskError> {
  let position = 0;
  let isThere = false;
  for await (const session of inOrder(live)) {
    isThere = sessionNumber(session) === number;
    if (isThere) break;
    position++;
  }
  // An empty page would say that there is nothing before.
  if (!isThere) return position > DEPTH_MAX ? TOO_DEEP : INVALID_CURSOR;
  if (position === 0) return cursorPage(request, size, [], null, false);
  const from = Math.max(0, position - size);
  const page = await live(position - from, await placeAt(live, from));
  return cursorPage(request, size, page.sessions, page.next, from > 0);
}

function cursorPage(
  request: WireRequest,
  size: number,
  found: readonly Session[],
  after: Place | null,
  hasMore: boolean,
): Page {
  const first = found[0] && sessionNumber(found[0]);
  const around = { hasMore: hasMore && found.length > 0, after, first };
  return { found, members: cursorMembers(request, size, around) };
}

/** From the first on, one more than offsets reach. */
async function* inOrder(live: Live): AsyncGenerator<Session> {
  let left = DEPTH_MAX + 1;
  let after: Place | undefined;
  do {
    const page = await live(Math.min(STRIDE, left), after);
    yield* page.sessions;
    left -= page.sessions.length;
    after = page.next ?? undefined;
  } while (after && left > 0);
}

/** Where the list goes on behind that many; undefined for its beginning. */
async function placeAt(live: Live, count: number): Promise<Place | undefined> {
  let after: Place | undefined;
  for (let left = count; left > 0; ) {
    const page = await live(Math.min(STRIDE, left), after);
    // It has become shorter since it was counted.
    if (!page.next) return after;
    left -= page.sessions.length;
    after = page.next;
  }
  return after;
}

/** The numbers of the people of these sessions; the directory may have forgotten one. */
async function userNumbers(
  { services, config: { realm } }: Context,
  found: readonly Session[],
): Promise<ReadonlyMap<string, number>> {
  const subjects = [...new Set(found.map(({ subject }) => subject))];
  const pairs = subjects.map(async (subject) => {
    const person = await services.directory.find(realm, subject);
    return [subject, person?.number ?? numberOf('user', realm, subject)] as const;
  });
  return new Map(await Promise.all(pairs));
}
