/**
 * Server date: the time that a signature is to carry.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';

export function createServerDate({ services: { clock }, callers }: Context): Route['handle'] {
  return async (request) => {
    const device = callers.onDevice(request);
    if ('status' in device) return device;
    return jsonAnswer(200, { timestamp: String(clock.now()) });
  };
}
