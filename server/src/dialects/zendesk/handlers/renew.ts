/**
 * `GET users/me/session/renew`: resets the idle clock, and hands out the authenticity token (C.4).
 */

import type { Route } from '../../dialect.ts';
import { openBasicSession } from '../basic-session.ts';
import { readCaller } from '../caller.ts';
import type { Context } from '../context.ts';
import { sessionCookies } from '../cookies.ts';
import { sessionHeaders, writeAnswer, writeError } from '../encode.ts';
import { refused } from '../errors.ts';
import { authenticityToken, sessionText } from '../shape.ts';

export function createRenew(context: Context): Route['handle'] {
  const { services, config } = context;
  return async (request) => {
    const caller = await readCaller(context, request, true);
    if (caller.by === 'nobody') return writeError(request, caller.error);
    if (caller.by === 'cookie') {
      const { session } = caller;
      const body = { authenticity_token: authenticityToken(services, session) };
      return writeAnswer(request, body, sessionHeaders(session));
    }
    const opened = await openBasicSession(context, caller);
    if ('refused' in opened) return writeError(request, refused(opened));
    const { session } = opened;
    const cookies = sessionCookies(config, request, sessionText(services, session));
    const body = { authenticity_token: authenticityToken(services, session) };
    return writeAnswer(request, body, { 'Set-Cookie': cookies });
  };
}
