/**
 * The token endpoint: finds the grant type, authenticates the client, and lets the grant answer.
 */

import { readClientCall } from '../client-call.ts';
import { DEVICE_GRANTS, TOKEN_EXCHANGE } from '../clients.ts';
import type { Context, GrantType, Handle } from '../context.ts';
import type { Parameters } from '../decode.ts';
import { problem, problemAnswer } from '../errors.ts';
import { readSender } from '../sender.ts';
import { createAuthorizationCodeGrant } from './grant-authorization-code.ts';
import { createClientCredentialsGrant } from './grant-client-credentials.ts';
import { createDeviceGrant } from './grant-device-code.ts';
import { createPasswordGrant } from './grant-password.ts';
import { createRefreshTokenGrant } from './grant-refresh-token.ts';
import { createTokenExchangeGrant } from './grant-token-exchange.ts';

export function createAccessToken(context: Context): Handle {
  const grantTypes: ReadonlyMap<string, GrantType> = new Map([
    ['authorization_code', createAuthorizationCodeGrant(context)],
    ['refresh_token', createRefreshTokenGrant(context)],
    ['client_credentials', createClientCredentialsGrant(context)],
    ['password', createPasswordGrant(context)],
    ...DEVICE_GRANTS.map((name) => [name, createDeviceGrant(context)] as const),
    [TOKEN_EXCHANGE, createTokenExchangeGrant(context)],
  ]);

  function readGrantType(form: Parameters) {
    const name = form.get('grant_type');
    if (name === undefined) return NO_GRANT_TYPE;
    const grantType = grantTypes.get(name);
    return grantType ? { name, grantType } : UNKNOWN_GRANT_TYPE;
  }

  return async (request, realm) => {
    const call = await readClientCall(context, request, realm, readGrantType);
    if ('error' in call) return problemAnswer(call);
    const { name, grantType, form, client } = call;
    if (!client.grantTypes.has(name)) return problemAnswer(NOT_AUTHORIZED);
    const sender = await readSender(context, request, client);
    if ('error' in sender) return problemAnswer(sender);
    return grantType({ request, realm, form, client, cnf: sender.cnf });
  };
}

const NO_GRANT_TYPE = problem(400, 'invalid_request', 'Grant type is not set');

const UNKNOWN_GRANT_TYPE = problem(400, 'unsupported_grant_type', 'Grant type is not supported');

const NOT_AUTHORIZED = problem(
  400,
  'unauthorized_client',
  'The authenticated client is not authorized to use this authorization grant type.',
);
