/**
 * `GET users/me/session`: the session of the caller (fact sheet C.2, C.3).
 */

import type { Route } from '../../dialect.ts';
import { openBasicSession } from '../basic-session.ts';
import { readCaller } from '../caller.ts';
import type { Context } from '../context.ts';
import { sessionHeaders, sessionObject, writeAnswer, writeError } from '../encode.ts';
import { refused } from '../errors.ts';

export function createShowSession(context: Context): Route['handle'] {
  return async (request) => {
    const caller = await readCaller(context, request);
    if (caller.by === 'nobody') return writeError(request, caller.error);
    if (caller.by === 'cookie') {
      const { session } = caller;
      const body = { session: sessionObject(session, request) };
      return writeAnswer(request, body, sessionHeaders(session));
    }
    const opened = await openBasicSession(context, caller);
    if ('refused' in opened) return writeError(request, refused(opened));
    return writeAnswer(request, { session: sessionObject(opened.session, request) });
  };
}
