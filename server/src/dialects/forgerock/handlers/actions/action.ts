/**
 * The form of an action of `.../sessions`.
 */

import type { Refusal } from '../../../../engine/refusal.ts';
import type { Session } from '../../../../engine/session.ts';
import type { Right, Target } from '../../caller.ts';
import type { Context } from '../../context.ts';
import type { AmError } from '../../errors.ts';
import type { Call, Reply } from '../../resource.ts';

/** Does something with the session that is meant. */
export interface SessionAction {
  readonly on: 'session';
  readonly right: Right;
  readonly run: (
    context: Context,
    call: Call,
    target: Target,
  ) => Promise<Reply | AmError | Refusal>;
  /** What is said when the caller is alive and the session that they name is not. */
  readonly gone: Reply | AmError;
}

/** Does something in the realm; which session is meant is no matter. */
export interface RealmAction {
  readonly on: 'realm';
  readonly right: 'signed_in' | 'administrator';
  readonly run: (context: Context, call: Call, caller: Session) => Promise<Reply | AmError>;
}

export type Action = SessionAction | RealmAction;
