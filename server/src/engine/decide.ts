/**
 * The engine's front door: one pure function from a command and what was read to a decision.
 */

import { assert } from './assert.ts';
import type { Command, Replies, ReplyOf } from './command.ts';
import type { Decision, Seen } from './decision.ts';
import { addChild } from './decisions/children.ts';
import { reauthenticate, setFacts } from './decisions/describe.ts';
import { endPart, endSession, endSubject, settleSubject } from './decisions/end.ts';
import { addGrant, seeAccess } from './decisions/grants.ts';
import { attemptNotice, settleNotice } from './decisions/notices.ts';
import { open } from './decisions/open.ts';
import { rotate, useGrant } from './decisions/rotate.ts';
import { sweep } from './decisions/sweep.ts';
import { issueTicket, redeem } from './decisions/tickets.ts';
import { look, touch } from './decisions/touch.ts';
import type { Policy } from './policy.ts';
import type { Ms } from './session.ts';

type Decide<Type extends keyof Replies> = (
  command: Extract<Command, { type: Type }>,
  seen: Seen,
  now: Ms,
  policy: Policy,
) => Decision<Replies[Type]>;

const DECISIONS: Readonly<{ [Type in keyof Replies]: Decide<Type> }> = {
  open,
  touch,
  look,
  reauthenticate,
  set_facts: setFacts,
  add_grant: addGrant,
  rotate,
  use_grant: useGrant,
  see_access: seeAccess,
  add_child: addChild,
  issue_ticket: issueTicket,
  redeem,
  end_session: endSession,
  end_part: endPart,
  end_subject: endSubject,
  settle_subject: settleSubject,
  attempt_notice: attemptNotice,
  settle_notice: settleNotice,
  sweep,
};

/**
 * The same inputs give the same decision, always.
 *
 * @param now Milliseconds since 1970, by the clock of the node that asks.
 * @throws EngineBug when the decision would break an invariant; never because of input.
 */
export function decide<C extends Command>(
  command: C,
  seen: Seen,
  now: Ms,
  policy: Policy,
): Decision<ReplyOf<C>> {
  const decideOne = DECISIONS[command.type] as unknown as (
    command: C,
    seen: Seen,
    now: Ms,
    policy: Policy,
  ) => Decision<ReplyOf<C>>;
  const decision = decideOne(command, seen, now, policy);
  checkChanges(decision, seen);
  return decision;
}

/** What no change may ever do, asserted on every one of them. */
function checkChanges(decision: Decision<unknown>, seen: Seen): void {
  const known = seen.session ? [seen.session, ...seen.live] : seen.live;
  for (const change of decision.changes) {
    if (change.type !== 'put_session' || known.length === 0) continue;
    const after = change.session;
    const before = known.find((one) => one.id === after.id);
    assert(before !== undefined || !seen.session, 'a decision about one record changes no other');
    if (!before) continue;
    assert(after.salt === before.salt, 'a record keeps its identity');
    assert(after.lastAccessAt >= before.lastAccessAt, 'last access never goes backward');
    assert(after.endsAt <= before.endsAt, 'absolute ends never move later');
    assert(after.nextSlot >= before.nextSlot, 'a slot number is never used twice');
    assert(before.end === null || after.end === before.end, 'ended is final');
  }
}
