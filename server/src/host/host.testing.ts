/** A host on a free port with a small dialect behind it, and raw sockets to talk to it. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Dialect, Rejection, Route, WireRequest } from '../dialects/dialect.ts';
import { systemClock } from '../sessions/clock.ts';
import { systemRandom } from '../sessions/random.ts';
import { createHost, type Host, type HostOptions } from './host.ts';
import { createLogger } from './logger.ts';

/** What a handler throws to say "try again". */
export class Busy extends Error {
  override readonly name = 'Busy';
}

export interface Stage {
  readonly host: Host;
  readonly url: string;
  readonly port: number;
  /** The lines of the log, parsed. */
  readonly log: Record<string, unknown>[];
  /** Sends bytes on a connection of their own, and takes what comes until the server closes. */
  exchange(...parts: readonly (string | Buffer)[]): Promise<string>;
  connect(): Promise<Line>;
}

/** A connection that stays open. */
export interface Line {
  readonly socket: Socket;
  /** All that has come in so far. */
  received(): string;
  /** Waits until what has come in matches. */
  until(pattern: RegExp): Promise<string>;
  /** Waits until the server has closed; all that has come in. */
  ended(): Promise<string>;
}

export async function openStage(
  context: TestContext,
  routes: readonly Route[] = [],
  overrides: Partial<Omit<HostOptions, 'limits'>> & {
    readonly limits?: Partial<HostOptions['limits']>;
  } = {},
): Promise<Stage> {
  const log: Record<string, unknown>[] = [];
  const logger = createLogger('info', { write: (line) => void log.push(JSON.parse(line)) });
  const { limits, ...rest } = overrides;
  const host = createHost({
    listen: { host: '127.0.0.1', port: 0 },
    trustedProxies: [],
    cors: { origins: [] },
    dialects: [
      dialect('fake', ['/fake'], [...ROUTES, ...routes]),
      dialect('deep', ['/fake/deep'], []),
    ],
    logger,
    clock: systemClock,
    random: systemRandom,
    isBusy: (error) => error instanceof Busy,
    probe: async () => undefined,
    ...rest,
    limits: {
      body: 65_536,
      headers: 32_768,
      request_time: 5000,
      keep_alive: 5000,
      in_flight: 100,
      ...limits,
    },
  });
  const url = await host.listen();
  context.after(() => host.close());
  const port = Number(new URL(url).port);
  return {
    host,
    url,
    port,
    log,
    async exchange(...parts) {
      const line = await openLine(port);
      for (const part of parts) line.socket.write(part);
      return line.ended();
    },
    connect: () => openLine(port),
  };
}

/** Answers in its own way: the body is `<name>:<rejection>`. */
export function dialect(
  name: string,
  prefixes: readonly string[],
  routes: readonly Route[],
  hosts: readonly string[] = [],
): Dialect {
  return {
    name,
    hosts,
    realm: null,
    prefixes,
    routes,
    reject: (rejection) => ({
      status: STATUSES[rejection],
      headers: { 'X-Dialect': name },
      body: `${name}:${rejection}`,
    }),
    credential: async () => ({ fault: 'none' }),
  };
}

const STATUSES: Readonly<Record<Rejection, number>> = {
  no_such_path: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  headers_too_large: 431,
  malformed_request: 400,
  timed_out: 408,
  unavailable: 503,
  internal_error: 500,
};

export function route(method: Route['method'], path: string, handle: Route['handle']): Route {
  return { method, path, name: `fake ${path}`, handle };
}

export const answer = (body: string, headers: Readonly<Record<string, string>> = {}) => ({
  status: 200,
  headers,
  body,
});

const ROUTES: readonly Route[] = [
  route('GET', '/fake/items/:id', async (request) => answer(echo(request))),
  route('POST', '/fake/items/:id', async (request) => answer(echo(request))),
  route('DELETE', '/fake/items/:id', async (request) => answer(echo(request))),
  route('GET', '/fake/word', async () => answer('wörd', { 'Content-Type': 'text/x-Fake' })),
];

/** All that a handler sees of a request, as JSON. */
function echo({ query, body, ...rest }: WireRequest): string {
  return JSON.stringify({ ...rest, query: [...query], body: body.toString('latin1') });
}

async function openLine(port: number): Promise<Line> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  return {
    socket,
    received: () => text,
    async until(pattern) {
      while (!pattern.test(text)) {
        await Promise.race([
          once(socket, 'data'),
          closed.then(() => Promise.reject(new Error(`closed after: ${text}`))),
        ]);
      }
      return text;
    },
    async ended() {
      await closed;
      return text;
    },
  };
}

export const CLOSE = 'Connection: close\r\n';

/** What the handler of `/fake/items/:id` saw. */
export async function seen({ exchange }: Stage, ...parts: readonly (string | Buffer)[]) {
  const text = await exchange(...parts);
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n/, text);
  return JSON.parse(Buffer.from(bodyOf(text), 'latin1').toString('utf8'));
}

/** The bytes of a request that ends its connection. */
export function get(target: string, headers = ''): string {
  return `GET ${target} HTTP/1.1\r\nHost: lamp.example:81\r\n${headers}${CLOSE}\r\n`;
}

export function post(target: string, body: string, headers = ''): string {
  return `POST ${target} HTTP/1.1\r\nHost: h\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}${CLOSE}\r\n${body}`;
}

export const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4);
export const statusOf = (text: string) => Number(text.slice(9, 12));
