/**
 * The endpoints and their paths.
 */

import type { Method, Route } from '../dialect.ts';
import type { Context } from './context.ts';
import { createCredentials } from './handlers/credentials.ts';
import { createIdToken } from './handlers/id-token.ts';
import { createLogin } from './handlers/login.ts';
import { createLogout } from './handlers/logout.ts';
import { createMobileLogin } from './handlers/mobile-login.ts';
import { createPasswordSkip } from './handlers/password-skip.ts';
import { createPasswordUpdate } from './handlers/password-update.ts';
import { createPublicKey } from './handlers/public-key.ts';
import { createRefresh } from './handlers/refresh.ts';
import { createRefreshIdToken } from './handlers/refresh-id-token.ts';
import { createSendCode } from './handlers/send-code.ts';
import { createServerDate } from './handlers/server-date.ts';
import { createSsoTicket } from './handlers/sso-ticket.ts';
import { createTenantToken } from './handlers/tenant-token.ts';
import { createVerifyTicket } from './handlers/verify-ticket.ts';

/** Asked for by applications' servers, with a tenant access token. */
export const TENANT = '/api/v2/tenant';

/** Asked for by applications on a person's device. */
export const SDK = '/api/v2/sdk';

export const TOKEN_PATH = `${TENANT}/token`;

export function createRoutes(context: Context): readonly Route[] {
  const route = (method: Method, path: string, name: string, handle: Route['handle']): Route => {
    return { method, path, name: `idaas ${name}`, handle };
  };
  const login = createLogin(context);
  const tokens = `${TENANT}/sso/session-token`;
  return [
    route('POST', TOKEN_PATH, 'tenant token', createTenantToken(context)),
    route('POST', `${tokens}/refresh`, 'refresh', createRefresh(context)),
    route('POST', `${tokens}/sso-ticket`, 'sso ticket', createSsoTicket(context)),
    route('POST', `${tokens}/credentials`, 'credentials', createCredentials(context)),
    route('POST', `${TENANT}/sso/sso-ticket/verify`, 'verify ticket', createVerifyTicket(context)),
    route('POST', `${SDK}/login`, 'login', login),
    // The directory knows a person by any of their names.
    route('POST', `${SDK}/login/auth`, 'unified login', login),
    route('POST', `${SDK}/login/mobile-verify-code`, 'mobile login', createMobileLogin(context)),
    route('POST', `${SDK}/sms/send`, 'send code', createSendCode(context)),
    route('POST', `${SDK}/pwd/update`, 'password update', createPasswordUpdate(context)),
    route('GET', `${SDK}/pwd/skip-update`, 'password skip', createPasswordSkip(context)),
    route('POST', `${SDK}/sso/session-token/id-token`, 'id token', createIdToken(context)),
    route(
      'POST',
      `${SDK}/session-token/refresh-id-token`,
      'refresh id token',
      createRefreshIdToken(context),
    ),
    route('GET', `${SDK}/logout`, 'logout', createLogout(context)),
    route('GET', `${SDK}/public-key`, 'public key', createPublicKey(context)),
    route('GET', `${SDK}/server-date`, 'server date', createServerDate(context)),
  ];
}
