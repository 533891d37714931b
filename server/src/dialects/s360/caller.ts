/**
 * Callers: from the pair in a request to the session, the external system and the person behind it.
 *
 * The session is looked at first, and its idle clock reset afterwards, if at all: a call that is
 * refused keeps nobody signed in.
 */

import type { Person } from '../../directory/directory.ts';
import type { Child, Session } from '../../engine/session.ts';
import type { Token } from '../../sessions/token.ts';
import { parentOf } from './child-facts.ts';
import type { Context } from './context.ts';
import { tokenOf } from './decode.ts';
import { ended, type Problem, refused } from './errors.ts';
import type { Call } from './operation.ts';
import { KIND, type PairKind } from './shape.ts';
import type { ExternalSystem } from './systems.ts';

/** Whoever holds a pair. */
export interface Holder {
  readonly token: Token;
  readonly session: Session;
  /** What the pair stands for, in the session. */
  readonly child: Child;
  readonly system: ExternalSystem;
}

export interface Caller extends Holder {
  readonly person: Person;
}

/** @param kind The only kind of pair that is good here. */
export async function readHolder(
  { services, config, systems }: Context,
  { body, access }: Call,
  kind: PairKind,
): Promise<Holder | Problem> {
  const token = tokenOf(body, kind);
  if (!token) return 'invalid_pair';
  const outcome = await services.sessions.look(token, config.realm);
  if ('refused' in outcome) return refused(outcome, config);
  const { session, child } = outcome;
  if (!child) return 'invalid_pair';
  const system = systems.get(child.application);
  if (!system || !access.allows(system.name)) return 'system_not_allowed';
  if (kind === KIND) return { token, session, child, system };
  const parent = session.children.find(({ slot }) => slot === parentOf(child));
  // A pair that is no longer in the record had to make room, when it was over.
  if (!parent) return 'logged_out';
  return parent.end ? ended(parent.end, config) : { token, session, child, system };
}

/** The holder of a pair, who is still a person of the realm, and active. */
export async function readCaller(
  context: Context,
  call: Call,
  kind: PairKind,
): Promise<Caller | Problem> {
  const holder = await readHolder(context, call, kind);
  if (typeof holder === 'string') return holder;
  const { realm, subject } = holder.session;
  const person = await context.services.directory.find(realm, subject);
  return person?.active ? { ...holder, person } : 'invalid_pair';
}
