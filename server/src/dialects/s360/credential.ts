/**
 * The portal's door: a pair for an external system that a signed-in user opens.
 */

import type { Refusal } from '../../engine/refusal.ts';
import type { Credential, CredentialFault, Dialect } from '../dialect.ts';
import { parentOf } from './child-facts.ts';
import type { Context } from './context.ts';
import { KIND, writePair } from './shape.ts';

export function createCredential(context: Context): Dialect['credential'] {
  const { services, config, systems } = context;
  const { sessions } = services;
  return async (session, { application }): Promise<Credential | CredentialFault | Refusal> => {
    if (session.realm !== config.realm) return { fault: 'the session is of another realm' };
    if (application === null || !systems.has(application)) {
      return { fault: 'the application is none of the external systems' };
    }
    // A pair never rotates: whoever opens the system again gets the same one, and takes no more room.
    const last = session.children.findLast(
      (child) =>
        child.application === application && child.end === null && parentOf(child) === undefined,
    );
    const held = last && sessions.token(session, KIND, last.slot);
    if (held && !('refused' in (await sessions.touch(held, config.realm)))) {
      return { credential: { ...writePair(held) } };
    }
    const outcome = await sessions.addChild(session, { application, facts: {} }, KIND);
    return 'refused' in outcome ? outcome : { credential: { ...writePair(outcome.token) } };
  };
}
