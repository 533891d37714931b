/**
 * Serves one request: limits, body, handler, answer, a line in the log. Whatever goes wrong is
 * answered in the dialect's own way, and said in the log alone.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '../config/load.ts';
import type { Dialect, Rejection, Route, WireAnswer, WireRequest } from '../dialects/dialect.ts';
import type { Clock } from '../sessions/clock.ts';
import { writeAnswer } from './answer.ts';
import { NO_BODY, readBody } from './body.ts';
import type { Client, ClientOf } from './client.ts';
import type { Connection, Connections } from './connections.ts';
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

export interface ServiceParts {
  readonly limits: Config['limits'];
  readonly logger: Logger;
  readonly clock: Clock;
  readonly clientOf: ClientOf;
  readonly connections: Connections;
  readonly nextId: () => string;
  /** Whether an error means "try again", and is no bug. */
  readonly isBusy: (error: unknown) => boolean;
}

export interface Service {
  /** Never throws. */
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    params: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** From now on each answer ends its connection; resolves when no request is under way. */
  drain(): Promise<void>;
}

const NO_QUERY: Query = parseQuery('') ?? new Map();
const NOWHERE = 'http://localhost';

export function createService(parts: ServiceParts): Service {
  const { limits, logger, clock, connections } = parts;
  let inFlight = 0;
  let drained: PromiseWithResolvers<void> | undefined;

  async function serve(
    raw: IncomingMessage,
    response: ServerResponse,
    target: Target,
    params: Readonly<Record<string, string>>,
  ): Promise<void> {
    const startedAt = clock.now();
    inFlight++;
    const connection = connections.begin(response);
    const client = parts.clientOf(raw);
    const requestId = parts.nextId();
    let status = 0;
    try {
      const isOver = inFlight > limits.in_flight && target.dialect !== undefined;
      const early = isOver ? 'unavailable' : refusalOf(raw, client, limits);
      const answer = await answerTo(raw, target, params, { early, client, requestId, connection });
      if (answer !== 'gone') {
        status = answer.status;
        send(raw, response, answer, { target, connection });
      }
    } catch (error) {
      status = 500;
      logger.error({ id: requestId, route: target.route?.name, err: error }, 'no answer');
      if (response.headersSent) response.destroy();
      else send(raw, response, plainAnswer('internal_error'), { target, connection });
    } finally {
      inFlight--;
      connections.finish(response, connection);
      if (inFlight === 0) drained?.resolve();
      log(raw, target, { status, client, requestId, ms: clock.now() - startedAt });
    }
  }

  async function answerTo(
    raw: IncomingMessage,
    target: Target,
    params: Readonly<Record<string, string>>,
    found: {
      readonly early: Rejection | undefined;
      readonly client: Client;
      readonly requestId: string;
      readonly connection: Connection;
    },
  ): Promise<WireAnswer | 'gone'> {
    const { dialect, route } = target;
    const { client, requestId, connection } = found;
    const { path, query } = splitUrl(raw.url ?? '');
    let rejection = found.early ?? target.rejection ?? (query ? undefined : 'malformed_request');
    const body = rejection ? NO_BODY : await readBody(raw, limits.body, connection);
    if (body === 'gone') return 'gone';
    if (typeof body === 'string') rejection = body;
    const request: WireRequest = {
      method: raw.method ?? '',
      path,
      params,
      query: query ?? NO_QUERY,
      headers: headersOf(raw),
      body: typeof body === 'string' ? NO_BODY : body,
      origin: client.origin ?? NOWHERE,
      address: client.address,
      requestId,
    };
    const reject = (why: Rejection) => dialect?.reject(why, request) ?? plainAnswer(why);
    if (rejection || !route) return reject(rejection ?? 'no_such_path');
    try {
      return await route.handle(request);
    } catch (error) {
      const isBusy = parts.isBusy(error);
      const line = { id: requestId, route: route.name, err: error };
      if (isBusy) logger.warn(line, 'try again');
      else logger.error(line, 'internal error');
      return reject(isBusy ? 'unavailable' : 'internal_error');
    }
  }

  function send(
    raw: IncomingMessage,
    response: ServerResponse,
    answer: WireAnswer,
    { target, connection }: { readonly target: Target; readonly connection: Connection },
  ): void {
    // An answer that ends the connection must not run ahead of one that is still owed.
    const isLast = connection.last === response;
    writeAnswer(response, answer, {
      isHead: raw.method === 'HEAD',
      closes: isLast && (connection.broken || drained !== undefined),
      allow: answer.status === 405 ? target.allow : undefined,
    });
  }

  /** Never the path, the query, a header or a body: any of them may hold a token. */
  function log(
    { method, headers }: IncomingMessage,
    { dialect, route }: Target,
    told: {
      readonly status: number;
      readonly client: Client;
      readonly requestId: string;
      readonly ms: number;
    },
  ): void {
    logger.info(
      {
        id: told.requestId,
        theirs: wellFormedId(headers['x-request-id']),
        method,
        route: route?.name ?? dialect?.name,
        pattern: route?.path,
        // A client that went away got none.
        status: told.status || undefined,
        ms: told.ms,
        address: told.client.address,
      },
      'request',
    );
  }

  return {
    serve,
    async drain() {
      drained ??= Promise.withResolvers();
      if (inFlight === 0) drained.resolve();
      await drained.promise;
    },
  };
}

/** What stands against a request before its body is read. */
function refusalOf(
  { url = '', rawHeaders }: IncomingMessage,
  client: Client,
  limits: Config['limits'],
): Rejection | undefined {
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

/** Node keeps the one header that is always a list apart; all others it has joined. */
function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const cookies = headers['set-cookie'];
  const joined = cookies === undefined ? headers : { ...headers, 'set-cookie': cookies.join(', ') };
  return joined as Record<string, string>;
}

function wellFormedId(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[A-Za-z0-9._:-]{1,64}$/.test(header) ? header : undefined;
}
