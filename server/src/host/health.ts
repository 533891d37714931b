/** The host's own paths: whether the process lives, and whether it can serve. */

import { jsonAnswer } from '../dialects/answers.ts';
import type { Route } from '../dialects/dialect.ts';
import type { Clock } from '../sessions/clock.ts';
import type { Logger } from './logger.ts';

/** How long the store may take for one read. */
const READY_WITHIN_MS = 1000;

export interface HealthParts {
  readonly clock: Clock;
  /** Resolves when the store has answered a read. */
  readonly probe: () => Promise<unknown>;
  readonly isStopping: () => boolean;
  readonly logger: Logger;
}

export function healthRoutes(parts: HealthParts): readonly Route[] {
  const note = createNote(parts.logger);
  const answer = (status: number, word: string) =>
    jsonAnswer(status, { status: word }, { 'Cache-Control': 'no-store' });
  return [
    { method: 'GET', path: '/healthz', name: 'healthz', handle: async () => answer(200, 'ok') },
    {
      method: 'GET',
      path: '/readyz',
      name: 'readyz',
      handle: async () => {
        const why = await hindrance(parts);
        note(why);
        return why === undefined ? answer(200, 'ready') : answer(503, 'not ready');
      },
    },
  ];
}

/** What keeps it from serving; undefined where nothing does. */
async function hindrance({ clock, probe, isStopping }: HealthParts): Promise<string | undefined> {
  if (isStopping()) return 'it is stopping';
  const cancel = new AbortController();
  const late = clock
    .sleep(READY_WITHIN_MS, cancel.signal)
    .then(() => `the store did not answer within ${READY_WITHIN_MS} ms`);
  const answered = probe().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const why = await Promise.race([answered, late]);
  cancel.abort();
  return why;
}

/** Says it once, and once when it is over: whoever watches asks every few seconds. */
function createNote(logger: Logger): (why: string | undefined) => void {
  let last: string | undefined;
  return (why) => {
    if (why === last) return;
    last = why;
    if (why === undefined) logger.info('ready again');
    else logger.warn({ why }, 'not ready');
  };
}
