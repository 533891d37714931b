/**
 * Introspection (RFC 7662): what a token is good for now. A token that is seen here is evidence
 * that its owner has it.
 */

import { jsonAnswer } from '../../answers.ts';
import type { WireRequest } from '../../dialect.ts';
import { seeAccessToken } from '../access.ts';
import type { AccessClaims } from '../access-token.ts';
import { readClientCall, readToken } from '../client-call.ts';
import type { Client } from '../clients.ts';
import type { Context, Handle } from '../context.ts';
import { accessBody, refreshBody } from '../encode.ts';
import { problemAnswer } from '../errors.ts';
import { ANSWER_HEADERS } from '../headers.ts';
import { issuerOf } from '../issuer.ts';
import { refreshShape } from '../shape.ts';

/** AM's scope for a resource server: it may ask about the tokens of every client. */
const ANY_CLIENT = 'am-introspect-all-tokens';

const INACTIVE = { active: false };

export function createIntrospect(context: Context): Handle {
  return async (request, realm) => {
    const call = await readClientCall(context, request, realm, readToken);
    if ('error' in call) return problemAnswer(call);
    const { client, token } = call;
    const claims = context.accessTokens.read(token);
    const found = claims
      ? await accessFound(context, client, claims, realm)
      : await refreshFound(context, client, token, request, realm);
    return jsonAnswer(200, found ?? INACTIVE, ANSWER_HEADERS);
  };
}

async function accessFound(context: Context, client: Client, claims: AccessClaims, realm: string) {
  const isMeant = [claims.aud].flat().includes(client.id);
  if (!isMeant && !mayAsk(client, claims.client_id)) return undefined;
  const access = await seeAccessToken(context, claims, realm);
  const now = context.services.clock.now();
  return access && !('refused' in access) ? accessBody(access, realm, now) : undefined;
}

/**
 * A spent refresh token is not active, a retry that the rule would still answer included. Whoever
 * has stolen one of a public client needs no more than the client's name, and would learn here,
 * without using it, whether it is still good: such clients are told nothing.
 */
async function refreshFound(
  { services: { sessions, clock }, config }: Context,
  client: Client,
  text: string,
  request: WireRequest,
  realm: string,
) {
  if (client.isPublic) return undefined;
  const token = refreshShape.read(text);
  const known = token && (await sessions.inspectToken(token));
  const grant = known?.session.grants.find(({ slot }) => slot === token?.slot);
  if (!token || !grant || !mayAsk(client, grant.client)) return undefined;
  const seen = await sessions.seeAccess(token, realm);
  if ('refused' in seen || seen.grant.generation !== token.generation) return undefined;
  const issuer = issuerOf(config, realm, seen.grant.facts.origin ?? request.origin);
  return refreshBody(seen.session, seen.grant, issuer, clock.now());
}

/** Anybody can be a public client: one asks about its own tokens alone, whatever its scopes. */
function mayAsk(client: Client, owner: string): boolean {
  return client.id === owner || (!client.isPublic && client.scopes.has(ANY_CLIENT));
}
