/** The log: JSON lines on standard error, standard output being for programs that start us. */

import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { openLogStream } from './log-stream.ts';

export type { Logger } from 'pino';

const STANDARD_ERROR = 2;

/** Further lines are dropped while nobody reads them: the server goes on. */
const WAITING_MAX = 16 * 1024 * 1024;

export function createLogger(level: string, stream: DestinationStream = standardError()): Logger {
  return pino(
    {
      level,
      base: undefined,
      // To be found by the time that an operator has in mind.
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: plainError },
    },
    stream,
  );
}

function standardError(): DestinationStream {
  const stream = openLogStream(STANDARD_ERROR, WAITING_MAX);
  process.once('exit', () => stream.flushSync());
  return stream;
}

/**
 * Other properties of an error, such as the input of a parser, may hold a secret; so may the message
 * of a SyntaxError, which quotes what could not be parsed.
 */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack } = error;
  if (error instanceof SyntaxError) return { type: name, stack: stack?.replace(message, '[...]') };
  return { type: name, message, stack };
}
