/** Serves requests: counts them, answers each, and writes a line for it in the log. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WireAnswer } from '../dialects/dialect.ts';
import type { Clock } from '../sessions/clock.ts';
import { writeAnswer } from './answer.ts';
import { type AnsweringParts, type Arrival, answerTo, type Target } from './answering.ts';
import type { Client, ClientOf } from './client.ts';
import type { Connections } from './connections.ts';
import type { Logger } from './logger.ts';
import { plainAnswer } from './plain.ts';

export interface ServiceParts extends AnsweringParts {
  readonly clock: Clock;
  readonly clientOf: ClientOf;
  readonly connections: Connections;
  readonly nextId: () => string;
}

/** What answers a request: the host that its client used may have a say. */
export type Find = (client: Client) => Target;

export interface Service {
  /** Never throws. */
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    find: Find,
    params: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** From now on each answer ends its connection; resolves when no request is under way. */
  drain(): Promise<void>;
}

export function createService(parts: ServiceParts): Service {
  const { limits, logger, clock, connections } = parts;
  /** Not answered yet. */
  let open = 0;
  /** Read whole, and being worked on. */
  let inFlight = 0;
  let drained: PromiseWithResolvers<void> | undefined;

  async function serve(
    raw: IncomingMessage,
    response: ServerResponse,
    find: Find,
    params: Readonly<Record<string, string>>,
  ): Promise<void> {
    const startedAt = clock.now();
    open++;
    let entered = false;
    const enter = () => {
      entered = inFlight < limits.in_flight;
      if (entered) inFlight++;
      return entered;
    };
    const connection = connections.begin(response);
    const client = parts.clientOf(raw);
    const requestId = parts.nextId();
    const target = find(client);
    const arrival = { raw, target, params, client, requestId, connection, enter };
    let status = 0;
    try {
      const answer = await answerTo(arrival, parts);
      if (answer !== 'gone') {
        status = answer.status;
        send(arrival, response, answer);
      }
    } catch (error) {
      status = 500;
      logger.error({ id: requestId, route: target.route?.name, err: error }, 'no answer');
      if (response.headersSent) response.destroy();
      else send(arrival, response, plainAnswer('internal_error'));
    } finally {
      open--;
      if (entered) inFlight--;
      connections.finish(response, connection);
      if (open === 0) drained?.resolve();
      log(logger, arrival, status, clock.now() - startedAt);
    }
  }

  function send(
    { raw, target, connection }: Arrival,
    response: ServerResponse,
    answer: WireAnswer,
  ): void {
    // An answer that ends the connection must not run ahead of one that is still owed.
    const isLast = connection.last === response;
    const { origin } = raw.headers;
    const reader = target.route?.isPage ? undefined : origin;
    const shared = parts.cors ? parts.cors.share(answer, reader) : answer;
    writeAnswer(response, shared, {
      isHead: raw.method === 'HEAD',
      closes: isLast && (connection.broken || drained !== undefined),
      allow: answer.status === 405 ? target.allow : undefined,
    });
  }

  return {
    serve,
    async drain() {
      drained ??= Promise.withResolvers();
      if (open === 0) drained.resolve();
      await drained.promise;
    },
  };
}

/** Never the path, the query, a header or a body: any of them may hold a token. */
function log(
  logger: Logger,
  { raw, target, client, requestId }: Arrival,
  status: number,
  ms: number,
): void {
  const { dialect, route } = target;
  // A 501 tells a client what it cannot ask for; nothing of ours is wrong.
  const level = status >= 500 && status !== 501 ? 'error' : 'info';
  logger[level](
    {
      id: requestId,
      method: raw.method,
      route: route?.name ?? dialect?.name,
      pattern: route?.path,
      // A client that went away got none.
      status: status || undefined,
      ms,
      address: client.address,
    },
    'request',
  );
}
