/**
 * Access tokens that are shown to us as to a resource (RFC 6750, RFC 9449): how they come, what they
 * are good for, and how we say no.
 */

import { authorization, formBody, mediaType } from '../answers.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import { type Access, seeAccessToken } from './access.ts';
import type { Context } from './context.ts';
import { DPOP_ALGORITHMS } from './dpop.ts';
import { describe, type Problem, problem, problemAnswer } from './errors.ts';
import { senderFault } from './sender.ts';

export interface Shown {
  readonly scheme: 'bearer' | 'dpop';
  readonly text: string;
}

/** The token of the header `Authorization`. */
export function readShown(request: WireRequest): Shown | undefined {
  for (const scheme of ['bearer', 'dpop'] as const) {
    const text = authorization(request, scheme);
    if (text !== undefined) return { scheme, text };
  }
  return undefined;
}

/** One that comes in the form instead (RFC 6750, section 2.2), at endpoints that take it so. */
export function readShownForm(request: WireRequest): Shown | Problem | undefined {
  const form = request.method === 'POST' && mediaType(request) === FORM ? formBody(request) : NONE;
  const [text, another] = form.get('access_token') ?? [];
  const shown = readShown(request);
  if (!text) return shown;
  // Section 3.1: by one way alone.
  return shown || another !== undefined ? TWO_TOKENS : { scheme: 'bearer', text };
}

/** What a token is good for in the hands of whoever shows it. @throws StoreFault */
export async function openShown(
  context: Context,
  request: WireRequest,
  realm: string,
  shown: Shown,
): Promise<Access | Problem> {
  const claims = context.accessTokens.read(shown.text);
  if (!claims) return INVALID;
  // Before anything is seen: a token that was stolen without its key is no evidence.
  const fault = await senderFault(context, request, { ...shown, claims });
  if (fault) return fault;
  const access = await seeAccessToken(context, claims, realm);
  if (!access) return INVALID;
  return 'refused' in access ? problem(401, 'invalid_token', describe(access)) : access;
}

/** How a resource says no; without a reason when no token came. */
export function challenge(
  realm: string,
  scheme: Shown['scheme'] = 'bearer',
  fault?: Problem,
): WireAnswer {
  const said = fault ?? problem(401, 'invalid_token', 'An access token is required');
  const parts = [
    `realm="/${realm}"`,
    ...(fault ? [`error="${fault.error}"`, `error_description="${fault.description}"`] : []),
    ...(scheme === 'dpop' ? [`algs="${DPOP_ALGORITHMS.join(' ')}"`] : []),
  ];
  const name = scheme === 'dpop' ? 'DPoP' : 'Bearer';
  const headers = { 'WWW-Authenticate': `${name} ${parts.join(', ')}` };
  return problemAnswer({ ...said, headers });
}

const FORM = 'application/x-www-form-urlencoded';
const NONE: ReadonlyMap<string, readonly string[]> = new Map();

const TWO_TOKENS = problem(400, 'invalid_request', 'The access token came more than once');

export const INVALID = problem(401, 'invalid_token', 'The access token is invalid or has expired');
