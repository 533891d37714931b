/**
 * Answers one request: reads it, and hands it to its handler. Whatever goes wrong is answered in the
 * dialect's own way, and said in the log alone.
 */

import type { IncomingMessage } from 'node:http';
import type { Config } from '../config/load.ts';
import type { Dialect, Rejection, Route, WireAnswer, WireRequest } from '../dialects/dialect.ts';
import { NO_BODY, readBody } from './body.ts';
import type { Client } from './client.ts';
import type { Connection } from './connections.ts';
import type { Cors } from './cors.ts';
import type { Logger } from './logger.ts';
import { plainAnswer } from './plain.ts';
import { parseQuery, type Query } from './query.ts';

/** What a request came to. */
export interface Target {
  /** Undefined for the host's own paths. */
  readonly dialect: Dialect | undefined;
  readonly route: Route | undefined;
  /** Why there is no route. */
  readonly rejection: Rejection | undefined;
  /** The methods that the path has, where it lacks the one that was asked for. */
  readonly allow: string | undefined;
}

/** A request that has come in and is not read yet. */
export interface Arrival {
  readonly raw: IncomingMessage;
  readonly target: Target;
  readonly params: Readonly<Record<string, string>>;
  readonly client: Client;
  readonly requestId: string;
  readonly connection: Connection;
  /** Takes a place among the requests that are worked on; false when there is none left. */
  readonly enter: () => boolean;
}

export interface AnsweringParts {
  readonly limits: Config['limits'];
  readonly logger: Logger;
  /** Whether an error means "try again", and is no bug. */
  readonly isBusy: (error: unknown) => boolean;
  /** Undefined when no page from elsewhere may call. */
  readonly cors: Cors | undefined;
}

const NO_QUERY: Query = parseQuery('') ?? new Map();
const NOWHERE = 'http://localhost';

/** `gone` when the client has left in the middle. @throws what a dialect's `reject` throws. */
export async function answerTo(
  arrival: Arrival,
  parts: AnsweringParts,
): Promise<WireAnswer | 'gone'> {
  const { raw, target, connection } = arrival;
  const { dialect, route } = target;
  const { path, query } = splitUrl(raw.url ?? '');
  let rejection =
    refusalOf(arrival, parts.limits) ??
    target.rejection ??
    (query ? undefined : 'malformed_request');
  const body = rejection ? NO_BODY : await readBody(raw, parts.limits.body, connection);
  if (body === 'gone') return 'gone';
  if (typeof body === 'string') rejection = body;
  const request: WireRequest = {
    method: raw.method ?? '',
    path,
    params: arrival.params,
    query: query ?? NO_QUERY,
    headers: headersOf(raw),
    body: typeof body === 'string' ? NO_BODY : body,
    origin: arrival.client.origin ?? NOWHERE,
    address: arrival.client.address,
    certificate: arrival.client.certificate,
    requestId: arrival.requestId,
  };
  const reject = (why: Rejection) => dialect?.reject(why, request) ?? plainAnswer(why);
  if (rejection === 'method_not_allowed') {
    const preflight = parts.cors?.preflight(request, target.allow ?? '');
    if (preflight) return preflight;
  }
  if (rejection || !route) return reject(rejection ?? 'no_such_path');
  // Only now: whoever sends a body slowly keeps nobody out. The host's own paths always answer.
  if (dialect && !arrival.enter()) return reject('unavailable');
  try {
    return await route.handle(request);
  } catch (error) {
    return reject(explain(error, route, arrival, parts));
  }
}

/** What a handler has thrown, for the log and for the client. */
function explain(
  error: unknown,
  route: Route,
  { requestId }: Arrival,
  { logger, isBusy }: AnsweringParts,
): Rejection {
  const line = { id: requestId, route: route.name };
  if (isBusy(error)) {
    // Whose stack says nothing that its message does not.
    logger.warn({ ...line, why: error instanceof Error ? error.message : '' }, 'try again');
    return 'unavailable';
  }
  logger.error({ ...line, err: error }, 'internal error');
  return 'internal_error';
}

/** What stands against a request before its body is read. */
function refusalOf({ raw, client }: Arrival, limits: Config['limits']): Rejection | undefined {
  const { url = '', rawHeaders } = raw;
  // One character of a header is one byte.
  let size = url.length;
  for (const part of rawHeaders) size += part.length;
  if (size > limits.headers) return 'headers_too_large';
  return client.origin === undefined ? 'malformed_request' : undefined;
}

/** Path and query, the latter undefined when one of them cannot be read. */
function splitUrl(url: string): { readonly path: string; readonly query: Query | undefined } {
  const at = url.indexOf('?');
  const target = at < 0 ? url : url.slice(0, at);
  const path = target.startsWith('/') ? target : target.replace(/^[a-z]+:\/\/[^/]*/i, '') || '/';
  // Nobody sends a fragment (RFC 9112, section 3.2), and Fastify would cut it off.
  if (path.includes('#')) return { path, query: undefined };
  return { path, query: at < 0 ? NO_QUERY : parseQuery(url.slice(at + 1)) };
}

/**
 * Node keeps the one header that is always a list apart; all others it has joined. An empty header
 * counts as none: no protocol of ours tells the two apart, and some clients send them.
 */
function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const cookies = headers['set-cookie'];
  const joined = cookies === undefined ? headers : { ...headers, 'set-cookie': cookies.join(', ') };
  const all = joined as Record<string, string>;
  if (!Object.values(all).includes('')) return all;
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}
