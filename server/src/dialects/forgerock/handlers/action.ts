/**
 * The form of an action of `.../sessions`.
 */

import type { Refusal } from '../../../engine/refusal.ts';
import type { Token } from '../../../sessions/token.ts';
import type { Access } from '../access.ts';
import type { Context } from '../context.ts';
import type { Call, Reply } from '../resource.ts';

export interface Action {
  /** The major version of the resource that it came with. */
  readonly since: number;
  readonly run: (
    context: Context,
    call: Call,
    access: Access & { readonly target: Token },
  ) => Promise<Reply | Refusal>;
  /** What is said when the caller is alive and the session that they name is not. */
  readonly gone: Reply['body'];
}
