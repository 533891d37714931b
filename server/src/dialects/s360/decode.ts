/**
 * From requests to what they ask for.
 */

import type { Token } from '../../sessions/token.ts';
import { isObject, queryValue } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import { createSecretSet } from '../secrets.ts';
import type { Message } from './child-facts.ts';
import type { Config } from './config.ts';
import { type PairKind, readPair } from './shape.ts';

/** The members of a body; none can be relied upon. */
export type Members = Readonly<Record<string, unknown>>;

/** What a caller may do whom the gateway has let in. */
export interface Access {
  /** Whether it may come with the pairs of that external system. */
  allows(system: string): boolean;
}

/** What we are willing to say back in a header. */
const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** Far more than anybody needs, and no danger to whoever walks through it. */
const DEPTH_MAX = 32;

/** The caller's own name for the request; undefined when there is none fit to repeat. */
export function requestIdOf({ headers }: WireRequest): string | undefined {
  const id = headers['x-request-id'];
  return id !== undefined && REQUEST_ID.test(id) ? id : undefined;
}

/** Undefined for nobody's key; says nothing, by its time either, of which. */
export function createAccess(config: Config): (request: WireRequest) => Access | undefined {
  const keys = createSecretSet(config.api_keys, ({ key }) => key);
  return (request) => {
    if (!config.require_api_key) return { allows: () => true };
    const presented = request.headers.api_key || queryValue(request, 'api_key') || '';
    const found = keys.entriesOf(presented).filter(({ active }) => active);
    if (found.length === 0) return undefined;
    return {
      allows: (system) =>
        found.some(({ external_systems: named }) => !named || named.includes(system)),
    };
  };
}

/** The token behind the pair in a body; undefined when there is none. */
export function tokenOf({ sessionId, sessionToken }: Members, kind: PairKind): Token | undefined {
  if (typeof sessionId !== 'string' || typeof sessionToken !== 'string') return undefined;
  return readPair({ sessionId, sessionToken }, kind);
}

export interface ChildAsk {
  readonly externalSystemId: string;
  readonly iidParams: object;
  readonly authorityType: string | undefined;
}

/** What a child session is to be; undefined when that makes no sense. */
export function childAsk(body: Members): ChildAsk | undefined {
  const { externalSystemId } = body;
  const iidParams = body.iidParams ?? {};
  const authorityType = body.authorityType ?? undefined;
  if (typeof externalSystemId !== 'string') return undefined;
  if (!isObject(iidParams) || !isShallow(iidParams)) return undefined;
  if (authorityType !== undefined && typeof authorityType !== 'string') return undefined;
  return { externalSystemId, iidParams, authorityType };
}

/** Messages in both languages, whatever else stands beside them; undefined when one lacks either. */
export function messagesAsk({ messages }: Members): readonly Message[] | undefined {
  if (!Array.isArray(messages)) return undefined;
  const fit = messages.flatMap((message: unknown) => {
    if (!isObject(message)) return [];
    const { en, ar } = message;
    return typeof en === 'string' && typeof ar === 'string' ? [{ en, ar }] : [];
  });
  return fit.length === messages.length ? fit : undefined;
}

/** Writing JSON is recursive, reading it is not: what is too deep could be read, and not kept. */
function isShallow(value: object, depth = 1): boolean {
  if (depth > DEPTH_MAX) return false;
  return Object.values(value).every(
    (inner: unknown) => typeof inner !== 'object' || inner === null || isShallow(inner, depth + 1),
  );
}
