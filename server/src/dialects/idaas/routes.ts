/**
 * The endpoints and their paths.
 */

import type { Route, Services } from '../dialect.ts';
import type { Clients } from './clients.ts';
import type { Config } from './config.ts';
import { createCredentials } from './handlers/credentials.ts';
import { createLogin } from './handlers/login.ts';
import { createLogout } from './handlers/logout.ts';
import { createRefresh } from './handlers/refresh.ts';
import { createTenantToken } from './handlers/tenant-token.ts';
import { createRenew } from './renewal.ts';
import { createTenantTokens } from './tenant-token.ts';

/** Asked for by applications' servers, with a tenant access token. */
export const TENANT = '/api/v2/tenant';

/** Asked for by applications on a person's device. */
export const SDK = '/api/v2/sdk';

export const TOKEN_PATH = `${TENANT}/token`;

export function routes(services: Services, config: Config, clients: Clients): readonly Route[] {
  const tenantTokens = createTenantTokens(services, clients.ids, config.tenant_token_life);
  const renew = createRenew(services, config, tenantTokens);
  return [
    {
      method: 'POST',
      path: TOKEN_PATH,
      name: 'idaas tenant token',
      handle: createTenantToken(services, config, clients, tenantTokens),
    },
    {
      method: 'POST',
      path: `${SDK}/login`,
      name: 'idaas login',
      handle: createLogin(services, config, clients),
    },
    {
      method: 'POST',
      path: `${TENANT}/sso/session-token/refresh`,
      name: 'idaas refresh',
      handle: createRefresh(renew),
    },
    {
      method: 'POST',
      path: `${TENANT}/sso/session-token/credentials`,
      name: 'idaas credentials',
      handle: createCredentials(services, renew),
    },
    {
      method: 'GET',
      path: `${SDK}/logout`,
      name: 'idaas logout',
      handle: createLogout(services, config),
    },
  ];
}
