/** Reads the body of a request: whatever its content type, up to a limit. */

import type { IncomingMessage } from 'node:http';
import type { Rejection } from '../dialects/dialect.ts';
import type { Connection } from './connections.ts';

export const NO_BODY = Buffer.alloc(0);

/** `gone`: the client went away in the middle, and nobody waits for an answer. */
export type BodyOutcome = Buffer | Rejection | 'gone';

/**
 * What is over the limit is not kept, but still taken from the wire: a client that is busy sending
 * would not see an answer on a connection that is cut. The time for a request bounds that.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  connection: Connection,
): BodyOutcome | Promise<BodyOutcome> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return NO_BODY;
  if (Number(length) > limit) return 'body_too_large';
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (outcome: BodyOutcome) => {
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      connection.failReading = undefined;
      resolve(outcome);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      // Without a listener the rest flows on, to nowhere.
      else finish('body_too_large');
    };
    const onEnd = () =>
      finish(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    const onClose = () => finish('gone');
    connection.failReading = finish;
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}
