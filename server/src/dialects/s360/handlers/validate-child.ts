/**
 * Validate child: whether a child session lives. Leaves the idle clock alone.
 */

import { readCaller } from '../caller.ts';
import type { Context } from '../context.ts';
import type { Operation } from '../operation.ts';
import { CHILD_KIND } from '../shape.ts';

export function createValidateChild(context: Context): Operation {
  return async (call) => {
    const caller = await readCaller(context, call, CHILD_KIND);
    return typeof caller === 'string' ? caller : { isValid: true };
  };
}
