/**
 * Grant type `authorization_code` (RFC 6749, section 4.1.3): a code becomes a grant, once.
 */

import type { Token } from '../../../sessions/token.ts';
import { bindingOf, type Client } from '../clients.ts';
import { conditionsOf } from '../code.ts';
import type { Context, GrantType } from '../context.ts';
import { tokenAnswer } from '../encode.ts';
import { problem, problemAnswer, refused } from '../errors.ts';
import { challengeOf } from '../pkce.ts';
import { codeShape, REFRESH_KIND } from '../shape.ts';

export function createAuthorizationCodeGrant(context: Context): GrantType {
  const { sessions } = context.services;

  return async ({ request, realm, form, client }) => {
    const text = form.get('code');
    if (text === undefined) {
      return problemAnswer(problem(400, 'invalid_request', "Missing parameter, 'code'"));
    }
    const code = codeShape.read(text);
    if (!code) return refused({ refused: 'unknown_token' });
    const verifier = form.get('code_verifier');
    const challenge = verifier === undefined ? undefined : challengeOf(verifier);
    if (verifier !== undefined && challenge === undefined) {
      return refused({ refused: 'ticket_mismatch' });
    }

    const conditions = conditionsOf(form.get('redirect_uri'), challenge);
    const grant = await grantOf(context, client, code);
    const ask = { realm, client: client.id, conditions, grant };
    const redeemed = await sessions.redeem(code, ask, REFRESH_KIND);
    if ('refused' in redeemed) return refused(redeemed);
    const { scope, facts } = redeemed.ticket;
    return tokenAnswer(context, request, client, redeemed, { scope, nonce: facts.nonce });
  };
}

/**
 * What the code is to become. Only a client that may renew can hold on to it longer than the
 * sign-in, and only where the person's scope says so (OpenID Connect Core 1.0, section 11).
 */
async function grantOf({ services, config }: Context, client: Client, code: Token) {
  const found = await services.sessions.inspectToken(code);
  const ticket = found?.session.tickets.find(({ slot }) => slot === code.slot);
  const mayRenew = client.grantTypes.has('refresh_token');
  const offline = mayRenew && ticket?.scope.includes('offline_access') === true;
  // A nonce is for the first id_token alone (OpenID Connect Core 1.0, section 12.2).
  const { nonce: _nonce, ...facts } = ticket?.facts ?? {};
  return {
    facts,
    binding: bindingOf(client),
    isSignIn: false,
    offline,
    idleMs: offline ? config.refresh_idle : null,
    lifeMs: mayRenew ? config.refresh_life : config.access_token_life,
  };
}
