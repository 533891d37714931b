/**
 * Add messages: leaves messages in a child session, for whoever gets it. Leaves the idle clock alone.
 */

import { readCaller } from '../caller.ts';
import { messageFacts } from '../child-facts.ts';
import type { Context } from '../context.ts';
import { messagesAsk } from '../decode.ts';
import { refused } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { hasRoomForFacts } from '../room.ts';
import { CHILD_KIND } from '../shape.ts';

const ID_BYTES = 16;

export function createAddMessages(context: Context): Operation {
  const { services, config } = context;
  return async (call) => {
    const caller = await readCaller(context, call, CHILD_KIND);
    if (typeof caller === 'string') return caller;
    const messages = messagesAsk(call.body);
    if (!messages) return 'invalid_request';
    // Whoever tries again, with the id that the request has, adds nothing twice.
    const id = call.requestId ?? services.random.bytes(ID_BYTES).toString('base64url');
    const facts = messageFacts(messages, id);
    const { session, child } = caller;
    const isKept = Object.keys(facts).every((name) => Object.hasOwn(child.facts, name));
    if (!isKept && !hasRoomForFacts(context, session, facts)) return 'no_room';
    const outcome = await services.sessions.setFacts(caller.token, config.realm, facts);
    return 'refused' in outcome ? refused(outcome, config) : {};
  };
}
