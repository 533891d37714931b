/**
 * The grant behind a session token: one application on one device.
 */

import type { Binding } from '../../engine/session.ts';
import type { GrantAsk } from '../../sessions/sessions.ts';
import type { Config } from './config.ts';

/** @param isSignIn Whether the person signed in with it, and was not handed it by a portal. */
export function grantFor(
  config: Config,
  client: string,
  binding: Binding,
  isSignIn: boolean,
): GrantAsk {
  return {
    client,
    scope: [],
    binding,
    isSignIn,
    offline: false,
    idleMs: config.session_idle,
    lifeMs: config.session_life,
    facts: {},
  };
}
