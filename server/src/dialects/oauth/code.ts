/**
 * Authorization codes (RFC 6749, section 4.1.2): tickets on the session record, good once.
 */

import { hash } from 'node:crypto';
import type { Facts, Session } from '../../engine/session.ts';
import { authenticationFacts } from './authentication.ts';
import type { Client } from './clients.ts';
import type { Context } from './context.ts';
import { originFacts } from './grant.ts';
import { CODE_KIND, codeShape } from './shape.ts';

export interface CodeAsk {
  readonly client: Client;
  readonly scope: readonly string[];
  /** As it was sent; undefined when the client left it to its registration. */
  readonly redirectUri: string | undefined;
  readonly challenge: string | undefined;
  /** The thumbprint of the key that the exchange must prove (RFC 9449, section 10). */
  readonly dpopJkt?: string | undefined;
  readonly nonce: string | undefined;
  /** Of the person, wanted at userinfo beside those of the scope. */
  readonly claims?: readonly string[];
  /** Scheme and authority that the client used. */
  readonly origin: string;
}

/** The code's text, or why the session can have none. */
export async function issueCode({ services, config }: Context, session: Session, ask: CodeAsk) {
  const { client, scope, redirectUri, challenge, dpopJkt, nonce, claims = [], origin } = ask;
  const facts: Facts = {
    ...(nonce === undefined ? {} : { nonce }),
    ...(claims.length === 0 ? {} : { claims: claims.join(' ') }),
    ...originFacts(config, origin),
    ...authenticationFacts(session),
  };
  const issued = await services.sessions.issueTicket(
    session,
    {
      client: client.id,
      scope,
      lifeMs: config.code_life,
      conditions: conditionsOf(redirectUri, challenge, dpopJkt),
      facts,
    },
    CODE_KIND,
  );
  return 'refused' in issued ? issued : { code: codeShape.write(issued.token) };
}

/**
 * What the exchange must show again, and nothing else: a verifier for a code without a challenge
 * is refused as well (RFC 9700, section 4.8.2).
 */
export function conditionsOf(
  redirectUri: string | undefined,
  challenge: string | undefined,
  dpopJkt: string | undefined,
): Facts {
  return {
    ...(redirectUri === undefined
      ? {}
      : { redirect_uri: hash('sha256', redirectUri, 'base64url') }),
    ...(challenge === undefined ? {} : { code_challenge: challenge }),
    ...(dpopJkt === undefined ? {} : { dpop_jkt: dpopJkt }),
  };
}
