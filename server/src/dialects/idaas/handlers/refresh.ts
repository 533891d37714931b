/**
 * Refresh: a session token is exchanged for its successor, under the retry rule.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import { NOT_STORED } from '../encode.ts';
import type { Renew } from '../renewal.ts';

export function createRefresh(renew: Renew): Route['handle'] {
  return async (request) => {
    const renewed = await renew(request);
    return 'status' in renewed ? renewed : jsonAnswer(200, renewed.answer, NOT_STORED);
  };
}
