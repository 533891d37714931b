/**
 * The grant behind a session token: one application on one device.
 */

import type { Binding } from '../../engine/session.ts';
import type { GrantAsk } from '../../sessions/sessions.ts';
import type { Config } from './config.ts';

export function grantFor(config: Config, client: string, binding: Binding): GrantAsk {
  return {
    client,
    scope: [],
    binding,
    offline: false,
    idleMs: config.session_idle,
    lifeMs: config.session_life,
    facts: {},
  };
}
