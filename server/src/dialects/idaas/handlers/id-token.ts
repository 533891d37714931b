/**
 * ID token: the application on the device gets a new ID token, and perhaps a new session token.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { NOT_STORED } from '../encode.ts';
import { missing, problem } from '../errors.ts';
import { idTokenOf } from '../identity.ts';

export function createIdToken({
  services,
  config,
  callers,
  sessionTokens,
}: Context): Route['handle'] {
  return async (request) => {
    const device = callers.onDevice(request);
    if ('status' in device) return device;
    const text = request.headers['session-token'];
    if (!text) return missing('session-token');
    const { renew, use } = sessionTokens;
    const held = await (config.automatic_refresh ? renew(text, device) : use(text, device));
    if ('status' in held) return held;
    const id_token = await idTokenOf(services, config, request, held);
    if (id_token === undefined) return problem('bad_session_token');
    const { text: session_token, expire } = held;
    return jsonAnswer(200, { session_token, expire, id_token }, NOT_STORED);
  };
}
