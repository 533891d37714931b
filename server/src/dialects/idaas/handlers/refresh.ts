/**
 * Refresh: a session token is exchanged for its successor, under the retry rule.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { NOT_STORED } from '../encode.ts';
import { problem } from '../errors.ts';
import { idTokenOf } from '../identity.ts';

export function createRefresh({
  services,
  config,
  callers,
  sessionTokens,
}: Context): Route['handle'] {
  return async (request) => {
    const caller = callers.onServer(request, 'session_token');
    if ('status' in caller) return caller;
    const renewed = await sessionTokens.renew(String(caller.body.session_token), caller);
    if ('status' in renewed) return renewed;
    const { expire, text: session_token } = renewed;
    if (!config.refresh_id_token) return jsonAnswer(200, { expire, session_token }, NOT_STORED);
    const id_token = await idTokenOf(services, config, request, renewed);
    if (id_token === undefined) return problem('bad_session_token');
    return jsonAnswer(200, { expire, session_token, id_token }, NOT_STORED);
  };
}
