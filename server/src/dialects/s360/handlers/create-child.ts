/**
 * Create child: a session for another external system, under the one of a pair.
 */

import { readCaller } from '../caller.ts';
import { draftFacts } from '../child-facts.ts';
import type { Context } from '../context.ts';
import { childAsk } from '../decode.ts';
import { refused } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { hasRoomForChild } from '../room.ts';
import { CHILD_KIND, KIND, writePair } from '../shape.ts';

export function createCreateChild(context: Context): Operation {
  const { services, config, systems } = context;
  const types = new Set<string | undefined>(config.authority_types.map(({ name }) => name));
  return async (call) => {
    const caller = await readCaller(context, call, KIND);
    if (typeof caller === 'string') return caller;
    const ask = childAsk(call.body);
    if (!ask) return 'invalid_request';
    const { externalSystemId, iidParams, authorityType } = ask;
    if (!systems.has(externalSystemId) || !call.access.allows(externalSystemId)) {
      return 'system_not_allowed';
    }
    if (authorityType !== undefined && !types.has(authorityType)) return 'invalid_request';
    const { session, child } = caller;
    const facts = draftFacts({ parent: child.slot, iidParams, authorityType });
    if (!hasRoomForChild(context, session, facts)) return 'no_room';
    const draft = { application: externalSystemId, facts };
    const outcome = await services.sessions.addChild(session, draft, CHILD_KIND);
    return 'refused' in outcome ? refused(outcome, config) : { ...writePair(outcome.token) };
  };
}
