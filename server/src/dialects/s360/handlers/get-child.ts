/**
 * Get child: a child session, its context, and the messages that were left in it. Leaves the idle
 * clock alone.
 */

import { timestamp } from '../../answers.ts';
import { sessionLapsesAt } from '../../lapses.ts';
import { readCaller } from '../caller.ts';
import { messagesOf } from '../child-facts.ts';
import type { Context } from '../context.ts';
import { contextOf } from '../context-token.ts';
import type { Operation } from '../operation.ts';
import { CHILD_KIND, writePair } from '../shape.ts';

export function createGetChild(context: Context): Operation {
  return async (call) => {
    const caller = await readCaller(context, call, CHILD_KIND);
    if (typeof caller === 'string') return caller;
    const { token, session, child, system } = caller;
    return {
      session: {
        sessionId: writePair(token).sessionId,
        externalSystemId: system.name,
        createdAt: timestamp(child.createdAt),
        expiresAt: timestamp(sessionLapsesAt(session)),
      },
      context: contextOf(context, caller),
      messages: messagesOf(child),
    };
  };
}
