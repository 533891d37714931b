/**
 * Logout child: ends a child session, and nothing else.
 */

import { readHolder } from '../caller.ts';
import { forgottenFacts } from '../child-facts.ts';
import type { Context } from '../context.ts';
import { refused } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { CHILD_KIND } from '../shape.ts';

export function createLogoutChild(context: Context): Operation {
  const { services, config } = context;
  return async (call) => {
    const holder = await readHolder(context, call, CHILD_KIND);
    if (typeof holder === 'string') return holder;
    const { token, session, child } = holder;
    // Nobody can get them any more, and the record remembers the child for a while.
    await services.sessions.setFacts(token, config.realm, forgottenFacts(child));
    const why = { reason: 'signed_out', by: 'user' } as const;
    const outcome = await services.sessions.endPart(session, child.slot, why);
    return 'refused' in outcome ? refused(outcome, config) : {};
  };
}
