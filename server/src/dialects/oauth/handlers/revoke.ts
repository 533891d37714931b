/**
 * Revocation (RFC 7009): a client gives up what it holds. Unknown tokens are no error.
 */

import { jsonAnswer } from '../../answers.ts';
import { readClientCall, readToken } from '../client-call.ts';
import type { Client } from '../clients.ts';
import type { Context, Handle } from '../context.ts';
import { type Problem, problem, problemAnswer } from '../errors.ts';
import { ANSWER_HEADERS } from '../headers.ts';
import { isIssuerOf } from '../issuer.ts';
import { revoke } from '../revoked.ts';
import { refreshShape } from '../shape.ts';

const REVOKED = { reason: 'revoked_by_client', by: 'user' } as const;

export function createRevoke(context: Context): Handle {
  return async (request, realm) => {
    const call = await readClientCall(context, request, realm, readToken);
    if ('error' in call) return problemAnswer(call);
    const { client, token } = call;
    const fault =
      (await revokeRefreshToken(context, client, token, realm)) ??
      (await revokeAccessToken(context, client, token, realm));
    return fault ? problemAnswer(fault) : jsonAnswer(200, {}, ANSWER_HEADERS);
  };
}

/**
 * Ends the grant. The predecessor of a successor that was never seen used is as good as that: its
 * owner may have lost the answer. A token that is spent for good says nothing about its owner.
 */
async function revokeRefreshToken(
  { services: { sessions } }: Context,
  client: Client,
  text: string,
  realm: string,
): Promise<Problem | undefined> {
  const token = refreshShape.read(text);
  const known = token && (await sessions.inspectToken(token));
  const grant = known?.session.grants.find(({ slot }) => slot === token?.slot);
  if (!token || !grant || known?.session.realm !== realm) return undefined;
  if (grant.client !== client.id) return OF_ANOTHER;
  const behind = grant.generation - token.generation;
  if (behind > 1 || (behind === 1 && grant.seen)) return undefined;
  // Nobody but the client holds a sign-in that was made for it.
  if (grant.isSignIn) await sessions.endSession(known.session, REVOKED);
  else await sessions.endPart(known.session, grant.slot, REVOKED);
  return undefined;
}

/**
 * An access token alone (fact sheet 4.5). Its grant lives on: Android's SDK revokes the access
 * token while it renews, so that ending the grant would sign its user out.
 */
async function revokeAccessToken(
  { services: { once, clock }, accessTokens }: Context,
  client: Client,
  text: string,
  realm: string,
): Promise<Problem | undefined> {
  const claims = accessTokens.read(text);
  if (!claims || !isIssuerOf(claims.iss, realm)) return undefined;
  if (claims.client_id !== client.id) return OF_ANOTHER;
  // What is over needs no row.
  if (clock.now() < claims.exp * 1000) await revoke(once, claims);
  return undefined;
}

const OF_ANOTHER = problem(
  400,
  'invalid_grant',
  'The provided token belongs to different access grant.',
);
