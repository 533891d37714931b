/**
 * Logout: ends the whole session of a pair, and with it every other pair and child.
 */

import { readHolder } from '../caller.ts';
import type { Context } from '../context.ts';
import { refused } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { KIND } from '../shape.ts';

export function createLogout(context: Context): Operation {
  const { services, config } = context;
  return async (call) => {
    const holder = await readHolder(context, call, KIND);
    if (typeof holder === 'string') return holder;
    const why = { reason: 'signed_out', by: 'user' } as const;
    const outcome = await services.sessions.endSession(holder.session, why);
    return 'refused' in outcome ? refused(outcome, config) : {};
  };
}
