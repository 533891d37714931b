/**
 * Refresh: a session token is exchanged for its successor, under the retry rule.
 */

import { authorization, jsonAnswer, jsonBody } from '../../answers.ts';
import type { Route, Services } from '../../dialect.ts';
import type { Config } from '../config.ts';
import { refreshOf } from '../decode.ts';
import { expireOf, NOT_STORED } from '../encode.ts';
import { missing, problem, refused, tokenError } from '../errors.ts';
import { GENERATION_LAST, SESSION_TOKEN } from '../shape.ts';
import type { TenantTokens } from '../tenant-token.ts';

export function createRefresh(
  { sessions, clock }: Services,
  config: Config,
  tenantTokens: TenantTokens,
): Route['handle'] {
  return async (request) => {
    const client = tenantTokens.read(authorization(request, 'bearer') ?? '');
    if (client === undefined) return tokenError('invalid_token', config.bad_bearer_status);
    const body = jsonBody(request);
    if (!body) return problem('unreadable_body');
    const ask = refreshOf(body);
    if ('missing' in ask) return missing(ask.missing);
    const { token, binding } = ask;
    // The successor of the last generation could not be written down: sign in again.
    if (!token || token.generation === GENERATION_LAST) return problem('bad_session_token');
    const { realm } = config;
    const outcome = await sessions.rotate(token, { realm, client, binding, scope: null });
    if ('refused' in outcome) return refused(outcome);
    const answer = {
      expire: expireOf(outcome.session, outcome.grant, clock.now()),
      session_token: SESSION_TOKEN.write(outcome.token),
    };
    return jsonAnswer(200, answer, NOT_STORED);
  };
}
