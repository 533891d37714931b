/**
 * The token endpoint: finds the grant type, authenticates the client, and lets the grant answer.
 */

import { authenticateClient } from '../client-authentication.ts';
import type { Context, GrantType, Handle } from '../context.ts';
import { readForm } from '../decode.ts';
import { problem, problemAnswer } from '../errors.ts';
import { createAuthorizationCodeGrant } from './grant-authorization-code.ts';
import { createRefreshTokenGrant } from './grant-refresh-token.ts';

export function createAccessToken(context: Context): Handle {
  const grantTypes: ReadonlyMap<string, GrantType> = new Map([
    ['authorization_code', createAuthorizationCodeGrant(context)],
    ['refresh_token', createRefreshTokenGrant(context)],
  ]);

  return async (request, realm) => {
    const form = readForm(request);
    if ('error' in form) return problemAnswer(form);
    const name = form.get('grant_type');
    if (name === undefined) {
      return problemAnswer(problem(400, 'invalid_request', 'Grant type is not set'));
    }
    const grantType = grantTypes.get(name);
    if (!grantType) {
      return problemAnswer(problem(400, 'unsupported_grant_type', 'Grant type is not supported'));
    }
    const client = authenticateClient(context.clients, request, realm, form);
    if ('error' in client) return problemAnswer(client);
    if (!client.grantTypes.has(name)) return problemAnswer(NOT_AUTHORIZED);
    return grantType({ request, realm, form, client });
  };
}

const NOT_AUTHORIZED = problem(
  400,
  'unauthorized_client',
  'The authenticated client is not authorized to use this authorization grant type.',
);
