/**
 * Introspection (RFC 7662): what a token is good for now. A token that is seen here is evidence
 * that its owner has it.
 */

import { jsonAnswer } from '../../answers.ts';
import type { WireRequest } from '../../dialect.ts';
import { readAccessToken, seeAccessToken } from '../access-token.ts';
import { authenticateClient } from '../client-authentication.ts';
import type { Client } from '../clients.ts';
import type { Context, Handle } from '../context.ts';
import { readForm } from '../decode.ts';
import { accessBody, refreshBody } from '../encode.ts';
import { problem, problemAnswer } from '../errors.ts';
import { ANSWER_HEADERS } from '../headers.ts';
import { issuerOf } from '../issuer.ts';
import { refreshShape } from '../shapes.ts';

/** AM's scope for a resource server: it may ask about the tokens of every client. */
const ANY_CLIENT = 'am-introspect-all-tokens';

const INACTIVE = { active: false };

export function createIntrospect(context: Context): Handle {
  return async (request, realm) => {
    const form = readForm(request);
    if ('error' in form) return problemAnswer(form);
    const client = authenticateClient(context.clients, request, realm, form);
    if ('error' in client) return problemAnswer(client);
    const text = form.get('token');
    if (text === undefined) {
      return problemAnswer(problem(400, 'invalid_request', 'Missing parameter: token'));
    }
    const found =
      (await accessFound(context, client, text, realm)) ??
      (await refreshFound(context, client, text, request, realm));
    return jsonAnswer(200, found ?? INACTIVE, ANSWER_HEADERS);
  };
}

async function accessFound(context: Context, client: Client, text: string, realm: string) {
  const { keyring, clock } = context.services;
  const claims = readAccessToken(keyring, text);
  if (!claims || !mayAsk(client, claims.client_id)) return undefined;
  const access = await seeAccessToken(context, text, realm);
  return access && !('refused' in access) ? accessBody(access, clock.now()) : undefined;
}

/** A spent refresh token is not active, a retry that the rule would still answer included. */
async function refreshFound(
  { services: { sessions, clock }, config }: Context,
  client: Client,
  text: string,
  request: WireRequest,
  realm: string,
) {
  const token = refreshShape.read(text);
  const known = token && (await sessions.inspectToken(token));
  const grant = known?.session.grants.find(({ slot }) => slot === token?.slot);
  if (!token || !grant || !mayAsk(client, grant.client)) return undefined;
  const seen = await sessions.seeAccess(token, realm);
  if ('refused' in seen || seen.grant.generation !== token.generation) return undefined;
  const issuer = issuerOf(config, realm, seen.grant.facts.origin ?? request.origin);
  return refreshBody(seen.session, seen.grant, issuer, clock.now());
}

function mayAsk(client: Client, owner: string): boolean {
  return client.id === owner || client.scopes.has(ANY_CLIENT);
}
