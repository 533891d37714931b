/**
 * Renewal: proves an application's server, reads its session token, and rotates it.
 */

import type { Replies } from '../../engine/command.ts';
import type { Granted } from '../../sessions/sessions.ts';
import { authorization, jsonBody } from '../answers.ts';
import type { Services, WireAnswer, WireRequest } from '../dialect.ts';
import type { Config } from './config.ts';
import { refreshOf } from './decode.ts';
import { expireOf } from './encode.ts';
import { missing, problem, refused, tokenError } from './errors.ts';
import { GENERATION_LAST, SESSION_TOKEN } from './shape.ts';
import type { TenantTokens } from './tenant-token.ts';

export interface Renewed {
  readonly outcome: Granted<Replies['rotate']>;
  /** The request's other members. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What is answered of it, members in the vendor's order. */
  readonly answer: { readonly expire: number; readonly session_token: string };
}

export type Renew = (request: WireRequest) => Promise<Renewed | WireAnswer>;

export function createRenew(
  { sessions, clock }: Services,
  { realm, bad_bearer_status }: Config,
  tenantTokens: TenantTokens,
): Renew {
  return async (request) => {
    const client = tenantTokens.read(authorization(request, 'bearer') ?? '');
    if (client === undefined) return tokenError('invalid_token', bad_bearer_status);
    const body = jsonBody(request);
    if (!body) return problem('unreadable_body');
    const ask = refreshOf(body);
    if ('missing' in ask) return missing(ask.missing);
    const { token, binding } = ask;
    // The successor of the last generation could not be written down: sign in again.
    if (!token || token.generation === GENERATION_LAST) return problem('bad_session_token');
    const outcome = await sessions.rotate(token, { realm, client, binding, scope: null });
    if ('refused' in outcome) return refused(outcome);
    const answer = {
      expire: expireOf(outcome.session, outcome.grant, clock.now()),
      session_token: SESSION_TOKEN.write(outcome.token),
    };
    return { outcome, body, answer };
  };
}
