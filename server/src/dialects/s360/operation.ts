/**
 * Operations, and what is around each: the gateway's check of the API key before, the envelope after.
 */

import { jsonBody } from '../answers.ts';
import type { Route, WireRequest } from '../dialect.ts';
import type { Config } from './config.ts';
import { type Access, createAccess, type Members, requestIdOf } from './decode.ts';
import type { Answers } from './encode.ts';
import type { Problem } from './errors.ts';

/** A request that the gateway has let in. */
export interface Call {
  readonly body: Members;
  readonly access: Access;
  /** The caller's own name for it; undefined when there is none. */
  readonly requestId: string | undefined;
}

/** Gives the data of the answer, or what is wrong. */
export type Operation = (call: Call) => Promise<object | Problem>;

/** Turns operations into handlers. */
export function createServing(
  config: Config,
  answers: Answers,
): (operation: Operation) => Route['handle'] {
  const accessOf = createAccess(config);
  return (operation) => async (request: WireRequest) => {
    const access = accessOf(request);
    if (!access) return answers.developerInactive(request);
    const body = jsonBody(request);
    if (!body) return answers.problem(request, 'unparsable');
    const outcome = await operation({ body, access, requestId: requestIdOf(request) });
    if (typeof outcome === 'string') return answers.problem(request, outcome);
    return answers.success(request, outcome);
  };
}
