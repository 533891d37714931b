/**
 * The session behind Basic authentication, which has none of its own: one for each person and proof,
 * however many calls they make, found by its name.
 */

import type { Role } from '../../directory/directory.ts';
import type { Replies } from '../../engine/command.ts';
import type { Refusal } from '../../engine/refusal.ts';
import { BY_PASSWORD } from '../sign-in.ts';
import type { Known, Proof } from './caller.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { KIND } from './shape.ts';

/** Whoever has an API token is not handed the cookie of a password, nor the other way round. */
const NAMES: Readonly<Record<Proof, string>> = {
  password: 'zendesk-basic',
  token: 'zendesk-token',
};

const METHODS: Readonly<Record<Proof, readonly string[]>> = { password: BY_PASSWORD, token: [] };

/** The live one with its idle clock reset, or a new one. */
export function openBasicSession(
  { services, config }: Context,
  { person, epoch, proof }: Extract<Known, { by: 'basic' }>,
): Promise<Replies['touch'] | Refusal> {
  const { realm, subject, role } = person;
  const lifeMs = config.max_life;
  const idleMs = Math.min(idleOf(config, role), lifeMs);
  const ask = { realm, subject, epoch, origin: KIND, idleMs, lifeMs, methods: METHODS[proof] };
  return services.sessions.openNamed(ask, NAMES[proof]);
}

function idleOf(config: Config, role: Role): number {
  return role === 'user' ? config.end_user_idle : config.agent_idle;
}
