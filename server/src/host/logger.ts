/** The log: JSON lines on standard error, standard output being for programs that start us. */

import { type DestinationStream, destination, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

const STANDARD_ERROR = 2;

/** Lines are written together, at the latest after `FLUSH_MS`. */
const TOGETHER_BYTES = 4096;
const FLUSH_MS = 250;

/** Further lines are dropped while nobody reads them: the server goes on. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

export function createLogger(level: string, stream: DestinationStream = standardError()): Logger {
  return pino(
    {
      level,
      base: undefined,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: plainError },
    },
    stream,
  );
}

function standardError(): DestinationStream {
  return destination({
    dest: STANDARD_ERROR,
    sync: false,
    minLength: TOGETHER_BYTES,
    periodicFlush: FLUSH_MS,
    maxLength: WAITING_BYTES_MAX,
  });
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
