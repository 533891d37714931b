/**
 * Posts from other sites, by which clients may send a browser here (OpenID Connect Core 1.0, section
 * 3.1.2.1; RP-Initiated Logout 1.0, section 2): browsers keep Lax cookies back from them.
 */

import type { WireAnswer, WireRequest } from '../dialect.ts';
import type { Config } from './config.ts';
import type { Parameters } from './decode.ts';
import { redirectAnswer } from './headers.ts';
import { type Operation, pathFor } from './issuer.ts';

/** Characters of a query that leaves room for the cookies. */
const QUERY_MAX = 8192;

/** AM's decision and its proof, the session token: no URL may hold that. */
const OF_A_FORM: ReadonlySet<string> = new Set(['csrf', 'decision', 'save_consent']);

/** Asks for the same by a GET, to which the browser brings its cookies; undefined if it need not. */
export function askedAgain(
  config: Config,
  { method, headers }: WireRequest,
  realm: string,
  operation: Operation,
  values: Parameters,
): WireAnswer | undefined {
  if (method !== 'POST' || headers['sec-fetch-site'] !== 'cross-site') return undefined;
  const asked = [...values].filter(([name]) => !OF_A_FORM.has(name));
  const query = `${new URLSearchParams(asked)}`;
  if (query.length > QUERY_MAX) return undefined;
  return redirectAnswer(303, `${pathFor(config, realm, operation)}?${query}`);
}
