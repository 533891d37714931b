/**
 * Tenant token: an application's server gets an access token for the tenant APIs (RFC 6749, 4.4).
 */

import { jsonAnswer } from '../../answers.ts';
import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { clientCredentials } from '../decode.ts';
import { clientIdToken, NOT_STORED } from '../encode.ts';
import { tokenError } from '../errors.ts';

export function createTenantToken({
  services,
  config,
  clients,
  tenantTokens,
}: Context): Route['handle'] {
  return async (request) => {
    const ask = clientCredentials(request);
    if (!ask) return tokenError('invalid_request');
    const { grantType, client, secret } = ask;
    if (grantType !== 'client_credentials') return tokenError('unsupported_grant_type');
    if (!clients.hasSecret(client, secret)) return tokenError('invalid_client');
    const body = {
      access_token: tenantTokens.issue(client),
      token_type: 'bearer',
      expires_in: Math.floor(config.tenant_token_life / 1000),
      scope: 'all',
      id_token: clientIdToken(services, config, request.origin, client),
    };
    return jsonAnswer(200, body, NOT_STORED);
  };
}
