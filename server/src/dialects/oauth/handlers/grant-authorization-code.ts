/**
 * Grant type `authorization_code` (RFC 6749, section 4.1.3): a code becomes a grant, once.
 */

import type { Ticket } from '../../../engine/session.ts';
import type { Confirmation } from '../access-token.ts';
import type { Client } from '../clients.ts';
import { conditionsOf } from '../code.ts';
import type { Context, GrantType } from '../context.ts';
import { tokenAnswer } from '../encode.ts';
import { problem, problemAnswer, refused } from '../errors.ts';
import { grantAsk } from '../grant.ts';
import { challengeOf } from '../pkce.ts';
import { codeShape, REFRESH_KIND } from '../shape.ts';

export function createAuthorizationCodeGrant(context: Context): GrantType {
  const { sessions } = context.services;

  return async ({ request, realm, form, client, cnf }) => {
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

    const found = await sessions.inspectToken(code);
    const ticket = found?.session.tickets.find(({ slot }) => slot === code.slot);
    // A key counts for a code alone that was bound to one (RFC 9449, section 10).
    const jkt = ticket?.conditions.dpop_jkt === undefined ? undefined : cnf?.jkt;
    const conditions = conditionsOf(form.get('redirect_uri'), challenge, jkt);
    const grant = grantOf(context, client, ticket, cnf);
    const ask = { realm, client: client.id, conditions, grant };
    const redeemed = await sessions.redeem(code, ask, REFRESH_KIND);
    if ('refused' in redeemed) return refused(redeemed);
    const { scope, facts } = redeemed.ticket;
    return tokenAnswer(context, request, client, redeemed, { scope, nonce: facts.nonce, cnf });
  };
}

/** What the code is to become. */
function grantOf(
  { config }: Context,
  client: Client,
  ticket: Ticket | undefined,
  cnf: Confirmation | undefined,
) {
  // A nonce is for the first id_token alone (OpenID Connect Core 1.0, section 12.2).
  const { nonce: _nonce, ...facts } = ticket?.facts ?? {};
  return grantAsk(config, client, { scope: ticket?.scope ?? [], facts, isSignIn: false, cnf });
}
