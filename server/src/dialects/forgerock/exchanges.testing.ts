/**
 * The golden exchanges, and the stage on which each file of them is replayed.
 */

import { openStage, STEPS, type Stage } from './forgerock.testing.ts';
import { WITH_PROPERTIES } from './sessions.testing.ts';

export const EXCHANGES = new URL('exchanges/', import.meta.url);

/** What the exchanges of a file need beside the defaults. */
const STAGES: Readonly<Record<string, Parameters<typeof openStage>>> = {
  'authenticate-settings.http': [
    { failure_url: 'https://www.example.com/failed', journeys: { Login: {}, Steps: STEPS } },
    { lockout: { failures: 2 }, policy: { quota: { sessions: 1, whenReached: 'deny' } } },
  ],
  'sessions-properties.http': [WITH_PROPERTIES],
  'strict-settings.http': [{ default_version: 'none' }, { realms: ['beta'] }],
};

export function openExchanges(file: string): Promise<Stage> {
  return openStage(...(STAGES[file] ?? []));
}
