/** The host: dialects on a port, from the first request that is accepted to the last answer. */

import type { IncomingMessage } from 'node:http';
import type { Config } from '../config/load.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Clock } from '../sessions/clock.ts';
import type { Random } from '../sessions/random.ts';
import { type Client, createClientOf } from './client.ts';
import { watchConnections } from './connections.ts';
import { createCors } from './cors.ts';
import { healthRoutes } from './health.ts';
import type { Logger } from './logger.ts';
import { createRequestIds } from './request-ids.ts';
import { createRouter, mount, type Nowhere } from './router.ts';
import { createRouting } from './routing.ts';
import { createService } from './service.ts';

/** How long a stop waits for what is under way. */
const STOP_WITHIN_MS = 8_000;

export interface HostOptions {
  readonly listen: Config['listen'];
  readonly limits: Config['limits'];
  readonly trustedProxies: Config['trusted_proxies'];
  readonly certificateHeader?: Config['client_certificate_header'];
  readonly cors: Config['cors'];
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
  /** Accepts no more, finishes what is under way, 8 s at most, and closes every connection. */
  close(): Promise<void>;
}

export function createHost(options: HostOptions): Host {
  const { dialects, limits, clock } = options;
  let isStopping = false;
  let authority = '';

  const serveNowhere: Nowhere = (request, response, rejection) => {
    const find = (client: Client) => routing.nowhere(pathOf(request), client, rejection);
    return service.serve(request, response, find, {});
  };
  const router = createRouter(limits, serveNowhere);
  const connections = watchConnections(router.server);
  const service = createService({
    limits,
    logger: options.logger,
    clock,
    clientOf: createClientOf(options.trustedProxies, () => authority, options.certificateHeader),
    connections,
    nextId: createRequestIds(options.random),
    isBusy: options.isBusy,
    cors: createCors(options.cors),
  });

  const own = healthRoutes({
    clock,
    probe: options.probe,
    isStopping: () => isStopping,
    logger: options.logger,
  });
  const mounted = [
    ...own.map((route) => ({ route, dialect: undefined })),
    ...dialects.flatMap((dialect) => dialect.routes.map((route) => ({ route, dialect }))),
  ];
  const routing = createRouting(dialects, mounted);
  for (const place of routing.places) {
    mount(router, place, (request, response, params) => {
      const find = (client: Client) =>
        place.targetFor(client) ?? routing.nowhere(pathOf(request), client);
      return service.serve(request, response, find, params);
    });
  }

  return {
    async listen() {
      const { host, port } = options.listen;
      await router.listen({ host, port });
      const address = router.server.address();
      const bound = typeof address === 'object' ? address?.port : undefined;
      authority = `${host.includes(':') ? `[${host}]` : host}:${bound ?? port}`;
      return `http://${authority}`;
    },

    async close() {
      isStopping = true;
      const cancel = new AbortController();
      const late = clock.sleep(STOP_WITHIN_MS, cancel.signal);
      const closed = router.close();
      await Promise.race([service.drain(), late]);
      connections.end('flushed');
      await Promise.race([closed, late]);
      connections.end('at_once');
      await closed;
      cancel.abort();
    },
  };
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.replace(/\?.*$/s, '');
}
