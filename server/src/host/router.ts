/**
 * Fastify as a router, and as nothing else: bodies and answers go past it, so that each dialect
 * sees every byte of its requests and its answers leave as they are.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FastifyInstance, fastify } from 'fastify';
import type { Config } from '../config/load.ts';
import type { Rejection, Route } from '../dialects/dialect.ts';

/** Beyond our own limit, so that what is a little over is still refused by the dialect. */
const HEADER_BYTES_MAX = 128 * 1024;

/** Connections may rest, or wait for their bodies, while others are worked on. */
const CONNECTIONS_PER_REQUEST = 10;

const NO_QUERY = Object.freeze({});

export type Router = FastifyInstance;

/** What becomes of a request that no route takes. */
export type Nowhere = (
  request: IncomingMessage,
  response: ServerResponse,
  rejection?: Rejection,
) => Promise<void>;

/** Answers one request of a route. */
export type Serve = (
  request: IncomingMessage,
  response: ServerResponse,
  params: Readonly<Record<string, string>>,
) => Promise<void>;

export function createRouter(limits: Config['limits'], serveNowhere: Nowhere): Router {
  const router = fastify({
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
      ignoreDuplicateSlashes: true,
      maxParamLength: HEADER_BYTES_MAX,
      querystringParser: () => NO_QUERY,
      defaultRoute: (request, response) => void serveNowhere(request, response),
      onBadUrl: (_, request, response) => void serveNowhere(request, response, 'malformed_request'),
    },
  });
  // Without a body in Fastify's eyes: it would refuse content types, and read GETs without.
  for (const method of router.supportedMethods) {
    router.addHttpMethod(method, { overrideExisting: true });
  }
  router.server.maxHeadersCount = 0;
  // Beyond it Node drops new connections: bodies that wait to be read have a bound too.
  router.server.maxConnections = limits.in_flight * CONNECTIONS_PER_REQUEST;
  return router;
}

export function mount(router: Router, place: Pick<Route, 'method' | 'path'>, serve: Serve): void {
  router.route<{ Params: Record<string, string> }>({
    method: methodsOf(place),
    url: place.path,
    handler(request, reply) {
      reply.hijack();
      void serve(request.raw, reply.raw, request.params);
    },
  });
}

/** HEAD is GET without the body (RFC 9110, section 9.3.2). */
function methodsOf({ method }: Pick<Route, 'method'>): string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}
