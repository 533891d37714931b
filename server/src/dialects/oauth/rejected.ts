/**
 * What the host finds before a handler runs, or when one throws: a page where a person looks at it.
 */

import type { Rejection, WireAnswer, WireRequest } from '../dialect.ts';
import type { Config } from './config.ts';
import { problemAnswer, rejectionProblem } from './errors.ts';
import { ENDPOINTS, type Operation } from './issuer.ts';
import { wantsPage } from './log-out.ts';
import { problemPage } from './pages/problem-page.ts';

/** Where people come with a browser. */
const OF_PEOPLE: readonly Operation[] = [
  ...(['authorize', 'sign in', 'consent', 'device user', 'device sign in'] as const),
  ...(['device decision', 'end session', 'log out'] as const),
];

export function rejected(config: Config, rejection: Rejection, request: WireRequest): WireAnswer {
  const problem = rejectionProblem(rejection, request);
  const path = request.path.replace(/\/$/, '');
  const isOfPeople = OF_PEOPLE.some((operation) => path.endsWith(ENDPOINTS[operation].path));
  if (!isOfPeople || !wantsPage(request)) return problemAnswer(problem);
  return problemPage(config, request, problem);
}
