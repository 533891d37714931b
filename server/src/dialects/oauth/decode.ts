/**
 * Requests into parameters: forms and queries with at most one value for each name.
 */

import { formBody, mediaType } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import { type Problem, problem } from './errors.ts';

export type Parameters = ReadonlyMap<string, string>;

export interface Parsed {
  readonly values: Parameters;
  /** Whatever came more than once, which no parameter may (RFC 6749, section 3.1). */
  readonly repeated: ReadonlySet<string>;
}

/** These may come more than once (RFC 8707, section 2; RFC 8693, section 2.1). */
const REPEATABLE: ReadonlySet<string> = new Set(['resource', 'audience']);

/** The form of a call to the token endpoint and its siblings. What has no value is left out. */
export function readForm(request: WireRequest): Parameters | Problem {
  const parsed = parseForm(request);
  if ('error' in parsed) return parsed;
  return parsed.repeated.size === 0 ? parsed.values : REPEATED;
}

/** The parameters of a call through a browser: the query of a GET, the form of a POST. */
export function readBrowserCall(request: WireRequest): Parsed | Problem {
  return request.method === 'POST' ? parseForm(request) : parse(request.query);
}

/** The words of a scope, each once; undefined when there are none (RFC 6749, section 3.3). */
export function readScope(text: string | undefined): readonly string[] | undefined {
  const words = new Set((text ?? '').split(/\s+/).filter((word) => word !== ''));
  return words.size === 0 ? undefined : [...words];
}

export const REPEATED: Problem = problem(
  400,
  'invalid_request',
  'A parameter was included more than once',
);

const FORM = 'application/x-www-form-urlencoded';

function parseForm(request: WireRequest): Parsed | Problem {
  // No content type at all is taken for a form: there is nothing else that it could be.
  if ((mediaType(request) ?? FORM) !== FORM) {
    return problem(400, 'invalid_request', 'Invalid Content Type');
  }
  return parse(formBody(request));
}

function parse(pairs: ReadonlyMap<string, readonly string[]>): Parsed {
  const values = new Map<string, string>();
  const repeated = new Set<string>();
  for (const [name, all] of pairs) {
    const [value, second] = all.filter((one) => one !== '');
    if (value !== undefined) values.set(name, value.toWellFormed());
    if (second !== undefined && !REPEATABLE.has(name)) repeated.add(name);
  }
  return { values, repeated };
}
