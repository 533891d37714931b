/**
 * Refresh ID token: Huawei's way to a new ID token; the session token stays what it is.
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { NOT_STORED } from '../encode.ts';
import { problem } from '../errors.ts';
import { idTokenOf } from '../identity.ts';
import { signedSessionToken } from '../signed-session-token.ts';

export function createRefreshIdToken(context: Context): Route['handle'] {
  const { services, config, callers, sessionTokens } = context;
  return async (request) => {
    const device = callers.onDevice(request);
    if ('status' in device) return device;
    const signed = signedSessionToken(context, request, device);
    if (typeof signed !== 'string') return signed;
    const held = await sessionTokens.use(signed, device);
    if ('status' in held) return held;
    const id_token = await idTokenOf(services, config, request, held);
    if (id_token === undefined) return problem('bad_session_token');
    return jsonAnswer(200, { id_token }, NOT_STORED);
  };
}
