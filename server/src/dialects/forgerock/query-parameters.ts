/**
 * The parameters of a query, as CREST reads them before any resource does (fact sheet 3.5).
 */

import type { Parameters } from './decode.ts';
import { type AmError, amError, repeated } from './errors.ts';
import { type Filter, readFilter } from './query-filter.ts';

/** At most one of them. */
export interface Query {
  readonly filter: Filter | undefined;
  readonly id: string | undefined;
}

/** One of them makes a GET a query. */
export const QUERIES: readonly string[] = ['_queryId', '_queryFilter', '_queryExpression'];

const PAGING = [
  '_pageSize',
  '_pagedResultsOffset',
  '_pagedResultsCookie',
  '_totalPagedResultsPolicy',
];

const INTEGER = /^[+-]?\d{1,9}$/;
const POLICY = /^(?:none|estimate|exact)$/i;

/** Pages are checked, and not turned: the sessions of AM know none. */
export function readQuery(parameters: Parameters): Query | AmError {
  const value = (name: string) => parameters.get(name.toLowerCase())?.[0];
  const fault = pagingFault(parameters);
  if (fault) return fault;
  const [one, other] = QUERIES.filter((name) => value(name) !== undefined);
  if (one !== undefined && other !== undefined) return exclusive(one, other);
  const text = value('_queryFilter');
  const filter = text === undefined ? undefined : readFilter(text);
  if (text !== undefined && !filter) return notReadable('_queryFilter', text, 'query filter');
  return { filter, id: value('_queryId') };
}

function pagingFault(parameters: Parameters): AmError | undefined {
  const values = new Map<string, string>();
  for (const name of PAGING) {
    const [value, second] = parameters.get(name.toLowerCase()) ?? [];
    if (second !== undefined) return repeated(name);
    if (value !== undefined) values.set(name, value);
  }
  for (const name of ['_pageSize', '_pagedResultsOffset']) {
    const value = values.get(name) ?? '0';
    if (!INTEGER.test(value)) return notReadable(name, value, 'integer');
  }
  const policy = values.get('_totalPagedResultsPolicy') ?? 'NONE';
  if (!POLICY.test(policy)) return notReadable('_totalPagedResultsPolicy', policy, 'count policy');
  const isMoved = Number(values.get('_pagedResultsOffset') ?? 0) > 0;
  if (!isMoved || !values.has('_pagedResultsCookie')) return undefined;
  return exclusive('_pagedResultsOffset', '_pagedResultsCookie');
}

function notReadable(name: string, value: string, what: string): AmError {
  return amError(
    400,
    `The value '${value}' for parameter '${name}' could not be parsed as a valid ${what}`,
  );
}

function exclusive(one: string, other: string): AmError {
  return amError(400, `The parameters ${one} and ${other} are mutually exclusive`);
}
