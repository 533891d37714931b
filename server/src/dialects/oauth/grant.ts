/**
 * What a grant of this dialect is made as, whichever way it came about.
 */

import type { Facts } from '../../engine/session.ts';
import type { GrantAsk } from '../../sessions/sessions.ts';
import type { Confirmation } from './access-token.ts';
import type { Client } from './clients.ts';
import type { Config } from './config.ts';
import { bindingOf } from './sender.ts';

interface GrantMade extends Pick<GrantAsk, 'scope' | 'facts' | 'isSignIn'> {
  readonly cnf: Confirmation | undefined;
}

/**
 * Only a client that may renew can hold on to it longer than the sign-in, and only where the
 * person's scope says so (OpenID Connect Core 1.0, section 11).
 * @param isSignIn Whether the sign-in was made for this grant, and nobody else knows of it.
 */
export function grantAsk(
  config: Config,
  client: Client,
  { scope, facts, isSignIn, cnf }: GrantMade,
): GrantAsk {
  const mayRenew = client.grantTypes.has('refresh_token');
  const offline = mayRenew && scope.includes('offline_access');
  return {
    client: client.id,
    scope,
    facts,
    binding: bindingOf(client, cnf),
    isSignIn,
    offline,
    idleMs: offline ? config.refresh_idle : null,
    notice: noticeFor(client, facts),
    retryCapMs: client.retryCapMs,
    replayEndsSession: client.replayEndsSession,
    lifeMs: mayRenew ? config.refresh_life : config.access_token_life,
  };
}

/** What it takes to tell the client that the sign-in has ended. */
function noticeFor({ backchannelUri }: Client, { origin }: Facts): GrantAsk['notice'] {
  if (backchannelUri === null) return null;
  return { by: 'oauth', facts: origin === undefined ? {} : { origin } };
}

/** The issuer stays what it is now, by whatever name the server is called later. */
export function originFacts(config: Config, origin: string): Facts {
  return config.base_url === undefined ? { origin } : {};
}
