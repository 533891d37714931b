/**
 * From requests to what they ask for.
 */

import type { Token } from '../../sessions/token.ts';
import { jsonBody, queryValue } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import { createSecretSet } from '../secrets.ts';
import type { Config } from './config.ts';
import type { Problem } from './errors.ts';
import { readPair } from './shape.ts';

/** What we are willing to say back in a header. */
const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** The caller's own name for the request; undefined when there is none fit to repeat. */
export function requestIdOf({ headers }: WireRequest): string | undefined {
  const id = headers['x-request-id'];
  return id !== undefined && REQUEST_ID.test(id) ? id : undefined;
}

/** Whether a request comes with one of the keys; says nothing, by its time either, of which. */
export function createApiKeyCheck(config: Config): (request: WireRequest) => boolean {
  const keys = createSecretSet(config.api_keys, ({ key }) => key);
  return (request) => {
    if (!config.require_api_key) return true;
    const presented = request.headers.api_key ?? queryValue(request, 'api_key') ?? '';
    return keys.entriesOf(presented).length > 0;
  };
}

/** The token behind the pair in the body. */
export function tokenOf(request: WireRequest): Token | Problem {
  const body = jsonBody(request);
  if (!body) return 'invalid_request';
  const { sessionId, sessionToken } = body;
  if (typeof sessionId !== 'string' || typeof sessionToken !== 'string') return 'invalid_pair';
  return readPair({ sessionId, sessionToken }) ?? 'invalid_pair';
}
