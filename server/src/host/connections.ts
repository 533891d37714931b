/**
 * The open connections: what is under way on each, and what becomes of bytes that are no request.
 */

import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Rejection } from '../dialects/dialect.ts';
import { plainMessage } from './plain.ts';

export interface Connection {
  /** Requests that wait for their answer. */
  pending: number;
  /** The answer to the one that came last, which may end the connection. */
  last: ServerResponse | undefined;
  /** Ends the reading of a body with that answer. */
  failReading: ((rejection: Rejection) => void) | undefined;
  /** No further request can be read from it. */
  broken: boolean;
}

export interface Connections {
  /** A request has come in, which this is to answer. */
  begin(response: ServerResponse): Connection;
  /** It has been answered. */
  finish(response: ServerResponse, connection: Connection): void;
  /** Ends all: at once, or each when its answers have left. */
  end(how: 'flushed' | 'at_once'): void;
}

/** What Node says when a request cannot be read; anything else is a parser's complaint. */
const REJECTIONS: Readonly<Record<string, Rejection>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'timed_out',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
};

export function watchConnections(server: Server): Connections {
  const connections = new Map<Socket, Connection>();
  const open = (socket: Socket): Connection => {
    const connection = { pending: 0, last: undefined, failReading: undefined, broken: false };
    if (socket.destroyed) return connection;
    connections.set(socket, connection);
    socket.once('close', () => connections.delete(socket));
    return connection;
  };
  server.on('connection', open);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const rejection = REJECTIONS[error.code ?? ''] ?? 'malformed_request';
    const connection = connections.get(socket) ?? open(socket);
    connection.broken = true;
    // Answers that are still owed come first, and the last of them closes.
    if (connection.failReading) connection.failReading(rejection);
    else if (connection.pending === 0) {
      if (isFlushed(connection)) socket.write(plainMessage(rejection));
      endFlushed(socket, connection);
    }
  });

  return {
    begin(response) {
      const { socket } = response.req;
      const connection = connections.get(socket) ?? open(socket);
      connection.pending++;
      connection.last = response;
      return connection;
    },
    finish({ req }, connection) {
      connection.pending--;
      if (connection.broken && connection.pending === 0) endFlushed(req.socket, connection);
    },
    end(how) {
      for (const [socket, connection] of connections) {
        if (how === 'flushed') endFlushed(socket, connection);
        else socket.destroy();
      }
    },
  };
}

/** Answers leave in the order of their requests: one that is done may still wait for another. */
function endFlushed(socket: Socket, connection: Connection): void {
  if (isFlushed(connection)) socket.destroySoon();
  else connection.last?.once('close', () => socket.destroySoon());
}

function isFlushed({ last }: Connection): boolean {
  return last === undefined || last.writableFinished;
}
