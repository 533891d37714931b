/**
 * What all endpoints have in common: who calls, how often, whether the call may change anything, and
 * what is said around the answer.
 */

import type { Route, WireAnswer, WireRequest } from '../dialect.ts';
import { isAuthentic } from './authenticity.ts';
import { type Caller, type Known, readCaller } from './caller.ts';
import type { Context } from './context.ts';
import { sessionHeaders, writeAnswer, writeError, writeNoContent } from './encode.ts';
import {
  INVALID_AUTHENTICITY_TOKEN,
  RATE_LIMIT_EXCEEDED,
  scopeMissing,
  type ZendeskError,
} from './errors.ts';

export interface Call<Who = Known> {
  readonly request: WireRequest;
  readonly caller: Who;
}

/** What an endpoint came to: an error, a body, or null for none. */
export type Outcome =
  | ZendeskError
  | { readonly body: object | null; readonly cookies?: readonly string[] };

export type Handle<Who = Known> = (call: Call<Who>) => Promise<Outcome>;

export interface EndpointOptions {
  /** Whether it resets the idle clock, whatever the config says of other requests. */
  readonly isRenewal?: boolean;
}

/** An endpoint for people who are signed in. */
export function endpoint(
  context: Context,
  handle: Handle,
  options?: EndpointOptions,
): Route['handle'] {
  const answer: Handle<Caller> = async ({ request, caller }) =>
    caller.by === 'nobody' ? caller.error : handle({ request, caller });
  return openEndpoint(context, answer, options);
}

/** An endpoint for everybody. Whoever claims to be somebody, and is not, is refused even there. */
export function openEndpoint(
  context: Context,
  handle: Handle<Caller>,
  { isRenewal = false }: EndpointOptions = {},
): Route['handle'] {
  return async (request) => {
    const caller = await readCaller(context, request, isRenewal);
    const { isSpent, resetsIn, headers } = context.rates.take(keyOf(caller, request));
    const said = caller.by === 'cookie' ? sessionHeaders(caller.session, caller.person) : {};
    if (isSpent) {
      const retry = { 'retry-after': String(resetsIn) };
      return writeError(request, RATE_LIMIT_EXCEEDED, { ...headers, ...said, ...retry });
    }
    const fault = faultOf(context, request, caller);
    return write(request, fault ?? (await handle({ request, caller })), headers, said);
  };
}

/** Who counts as one caller. */
function keyOf(caller: Caller, request: WireRequest): string {
  switch (caller.by) {
    case 'nobody':
      return `address/${request.address}`;
    case 'cookie':
      return `session/${caller.session.id}`;
    case 'bearer':
      return `client/${caller.access.session.id}/${caller.access.client}`;
    case 'basic':
      return `${caller.proof}/${caller.person.subject}`;
    case 'administrator':
      return keyOf(caller.speaker, request);
  }
}

/** What stands in the way of a call, whatever it asks for. */
function faultOf(context: Context, request: WireRequest, caller: Caller): ZendeskError | undefined {
  if (caller.by === 'nobody') return caller.isAnonymous ? undefined : caller.error;
  const isWrite = request.method === 'DELETE';
  if (isWrite && !isAuthentic(context, request, caller)) return INVALID_AUTHENTICITY_TOKEN;
  const scope = isWrite ? 'write' : 'read';
  const own = caller.by === 'administrator' ? caller.speaker : caller;
  if (own.by === 'bearer' && !own.access.scope.includes(scope)) return scopeMissing(scope);
  return undefined;
}

function write(
  request: WireRequest,
  outcome: Outcome,
  headers: WireAnswer['headers'],
  said: WireAnswer['headers'],
): WireAnswer {
  if ('status' in outcome) return writeError(request, outcome, { ...headers, ...said });
  const { body, cookies } = outcome;
  const all = { ...headers, ...(cookies && { 'Set-Cookie': cookies }) };
  // After a write, the session that it came with may be over.
  return body === null
    ? writeNoContent(request, all)
    : writeAnswer(request, body, { ...all, ...said });
}
