/**
 * The host: dialects on a port. Fastify routes; reading bodies and writing answers are done here,
 * so that each dialect sees every byte of its requests and its answers leave as they are.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { fastify } from 'fastify';
import type { Config } from '../config/load.ts';
import type { Dialect, Rejection, Route } from '../dialects/dialect.ts';
import type { Clock } from '../sessions/clock.ts';
import type { Random } from '../sessions/random.ts';
import { createClientOf } from './client.ts';
import { watchConnections } from './connections.ts';
import { healthRoutes } from './health.ts';
import type { Logger } from './logger.ts';
import { createRequestIds } from './request-ids.ts';
import { createRouting } from './routing.ts';
import { createService, type Target } from './service.ts';

/** Beyond our own limit, so that what is a little over is still refused by the dialect. */
const HEADER_BYTES_MAX = 128 * 1024;

/** How long a stop waits for what is under way. */
const STOP_WITHIN_MS = 10_000;

export interface HostOptions {
  readonly listen: Config['listen'];
  readonly limits: Config['limits'];
  readonly trustedProxies: Config['trusted_proxies'];
  readonly dialects: readonly Dialect[];
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether an error means "try again", and is no bug. */
  readonly isBusy: (error: unknown) => boolean;
  /** Resolves when the store has answered a read. */
  readonly probe: () => Promise<unknown>;
}

export interface Host {
  /** Resolves to the URL once requests are accepted. @throws what the system says of the port. */
  listen(): Promise<string>;
  /** Accepts no more, finishes what is under way, 10 s at most, and closes every connection. */
  close(): Promise<void>;
}

export function createHost(options: HostOptions): Host {
  const { dialects, limits, clock } = options;
  let isStopping = false;
  let authority = '';

  const app = fastify({
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      joinDuplicateHeaders: true,
      headersTimeout: limits.request_time,
      connectionsCheckingInterval: Math.min(1000, limits.request_time / 4),
      // A request that lacks one is answered by the dialect.
      requireHostHeader: false,
    },
    requestTimeout: limits.request_time,
    keepAliveTimeout: limits.keep_alive,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    genReqId: () => '',
    // The connections say what happens to a request that cannot be read.
    clientErrorHandler: () => undefined,
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: HEADER_BYTES_MAX,
      querystringParser: () => NO_QUERY,
      defaultRoute: (request, response) => void serveNowhere(request, response),
      onBadUrl: (_, request, response) => void serveNowhere(request, response, 'malformed_request'),
    },
  });
  // Without a body in Fastify's eyes: it would refuse content types, and read GETs without.
  for (const method of app.supportedMethods) app.addHttpMethod(method, { overrideExisting: true });
  app.server.maxHeadersCount = 0;

  const connections = watchConnections(app.server);
  const service = createService({
    limits,
    logger: options.logger,
    clock,
    clientOf: createClientOf(options.trustedProxies, () => authority),
    connections,
    nextId: createRequestIds(options.random),
    isBusy: options.isBusy,
  });

  const own = healthRoutes({ clock, probe: options.probe, isStopping: () => isStopping });
  const mounted = [
    ...own.map((route) => ({ route, dialect: undefined })),
    ...dialects.flatMap((dialect) => dialect.routes.map((route) => ({ route, dialect }))),
  ];
  for (const { route, dialect } of mounted) {
    const target: Target = { route, dialect, rejection: undefined, allow: undefined };
    app.route<{ Params: Record<string, string> }>({
      method: methodsOf(route),
      url: route.path,
      handler(request, reply) {
        reply.hijack();
        void service.serve(request.raw, reply.raw, target, request.params);
      },
    });
  }

  const routing = createRouting(
    dialects,
    mounted.map(({ route }) => route),
  );
  function serveNowhere(
    request: IncomingMessage,
    response: ServerResponse,
    rejection?: Rejection,
  ): Promise<void> {
    const path = (request.url ?? '').replace(/\?.*$/s, '');
    const dialect = routing.dialectOf(path);
    const allow = rejection ? '' : routing.methodsOf(path);
    const found = rejection ?? (allow === '' ? 'no_such_path' : 'method_not_allowed');
    const target: Target = { dialect, route: undefined, rejection: found, allow };
    return service.serve(request, response, target, {});
  }

  return {
    async listen() {
      const { host, port } = options.listen;
      await app.listen({ host, port });
      const address = app.server.address();
      const bound = typeof address === 'object' ? address?.port : undefined;
      authority = `${host.includes(':') ? `[${host}]` : host}:${bound ?? port}`;
      return `http://${authority}`;
    },

    async close() {
      isStopping = true;
      const cancel = new AbortController();
      const late = clock.sleep(STOP_WITHIN_MS, cancel.signal);
      const closed = app.close();
      await Promise.race([service.drain(), late]);
      connections.end('flushed');
      await Promise.race([closed, late]);
      connections.end('at_once');
      await closed;
      cancel.abort();
    },
  };
}

const NO_QUERY = Object.freeze({});

/** HEAD is GET without the body (RFC 9110, section 9.3.2). */
function methodsOf({ method }: Route): string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}
