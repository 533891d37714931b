/**
 * The headers that AM sends with every answer of these endpoints (fact sheet 1.6).
 */

import type { WireAnswer } from '../dialect.ts';

export const ANSWER_HEADERS: WireAnswer['headers'] = {
  'X-Frame-Options': 'SAMEORIGIN',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  Pragma: 'no-cache',
};

/** On to another place, of whose address nobody is to hear: there may be a code in it. */
export function redirectAnswer(status: 302 | 303, Location: string): WireAnswer {
  return {
    status,
    headers: {
      Location,
      'Cache-Control': 'no-store',
      Pragma: 'no-cache',
      'Referrer-Policy': 'no-referrer',
    },
    body: '',
  };
}
