/** The host's own paths: whether the process lives, and whether it can serve. */

import { jsonAnswer } from '../dialects/answers.ts';
import type { Route } from '../dialects/dialect.ts';
import type { Clock } from '../sessions/clock.ts';

/** How long the store may take for one read. */
const READY_WITHIN_MS = 1000;

export interface HealthParts {
  readonly clock: Clock;
  /** Resolves when the store has answered a read. */
  readonly probe: () => Promise<unknown>;
  readonly isStopping: () => boolean;
}

export function healthRoutes(parts: HealthParts): readonly Route[] {
  const answer = (status: number, word: string) =>
    jsonAnswer(status, { status: word }, { 'Cache-Control': 'no-store' });
  return [
    { method: 'GET', path: '/healthz', name: 'healthz', handle: async () => answer(200, 'ok') },
    {
      method: 'GET',
      path: '/readyz',
      name: 'readyz',
      handle: async () =>
        (await isReady(parts)) ? answer(200, 'ready') : answer(503, 'not ready'),
    },
  ];
}

async function isReady({ clock, probe, isStopping }: HealthParts): Promise<boolean> {
  if (isStopping()) return false;
  const cancel = new AbortController();
  const late = clock.sleep(READY_WITHIN_MS, cancel.signal).then(() => false);
  const answered = probe().then(
    () => true,
    () => false,
  );
  const isInTime = await Promise.race([answered, late]);
  cancel.abort();
  return isInTime;
}
