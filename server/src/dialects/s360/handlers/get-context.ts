/**
 * Get context: what the JWT of a pair would say. Leaves the idle clock alone.
 */

import { readCaller } from '../caller.ts';
import type { Context } from '../context.ts';
import { contextOf } from '../context-token.ts';
import type { Operation } from '../operation.ts';
import { KIND } from '../shape.ts';

export function createGetContext(context: Context): Operation {
  return async (call) => {
    const caller = await readCaller(context, call, KIND);
    return typeof caller === 'string' ? caller : { context: contextOf(context, caller) };
  };
}
