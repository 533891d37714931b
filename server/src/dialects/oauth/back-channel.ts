/**
 * Back-channel logout (OpenID Connect Back-Channel Logout 1.0): tells a client that a sign-in has
 * ended. When, and how often, is not decided here.
 */

import { hash } from 'node:crypto';
import type { Notice, Session } from '../../engine/session.ts';
import type { Tell } from '../../sessions/sessions.ts';
import type { Context } from './context.ts';
import { issuerOf } from './issuer.ts';

/** Section 2.4, so that it is never taken for an ID token. */
const TYPE = 'logout+jwt';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** How long a client has to look at it, in seconds: two minutes are the advice of section 2.4. */
const LIFE = 120;

const JTI_BYTES = 16;

export function createTell({ services, clients, config }: Context): Tell {
  const { keyring, clock, outbound } = services;

  /** Every attempt has the same `jti`, so that a client that hears twice can tell. */
  function logoutToken(session: Session, { client, facts }: Notice): string {
    const iat = Math.floor(clock.now() / 1000);
    const claims = {
      // A notice without an origin was made under a base URL.
      iss: issuerOf(config, session.realm, facts.origin ?? ''),
      aud: client,
      iat,
      exp: iat + LIFE,
      jti: jtiOf(session, client),
      events: { [EVENT]: {} },
      sub: session.subject,
      sid: session.id,
    };
    return keyring.sign(claims, TYPE);
  }

  return async (session, notice) => {
    const uri = clients.find(session.realm, notice.client)?.backchannelUri ?? null;
    if (uri === null) return 'the client has no backchannel_logout_uri any more';
    try {
      const status = await outbound.postForm(uri, { logout_token: logoutToken(session, notice) });
      return status >= 200 && status < 300 ? null : `answered ${status}`;
    } catch (error) {
      return error instanceof Error ? error.message : 'no answer';
    }
  };
}

function jtiOf({ id }: Session, client: string): string {
  const digest = hash('sha256', `logout ${id} ${client}`, 'buffer');
  return digest.subarray(0, JTI_BYTES).toString('base64url');
}
