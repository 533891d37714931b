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
