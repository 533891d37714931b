/**
 * Refresh, of a pair or of a child session: resets the idle clock, and mints a new JWT. Authenticate
 * is the same, for the first one.
 */

import { readCaller } from '../caller.ts';
import type { Context } from '../context.ts';
import { contextToken } from '../context-token.ts';
import { refused } from '../errors.ts';
import type { Operation } from '../operation.ts';
import type { PairKind } from '../shape.ts';

export function createRefresh(context: Context, kind: PairKind): Operation {
  const { services, config } = context;
  return async (call) => {
    const caller = await readCaller(context, call, kind);
    if (typeof caller === 'string') return caller;
    const touched = await services.sessions.touch(caller.token, config.realm);
    if ('refused' in touched) return refused(touched, config);
    return { accessToken: contextToken(context, caller) };
  };
}
