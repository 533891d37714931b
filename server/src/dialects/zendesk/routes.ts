/**
 * The paths of Zendesk that are served, each with and without `.json`.
 */

import type { Method, Route } from '../dialect.ts';
import type { Context } from './context.ts';
import { createLogout } from './handlers/logout.ts';
import { createRenew } from './handlers/renew.ts';
import { createShowSession } from './handlers/show-session.ts';

const ME = '/api/v2/users/me';

export function createRoutes(context: Context): Route[] {
  const logout = createLogout(context);
  return [
    ...route('GET', `${ME}/session/renew`, 'zendesk renew', createRenew(context)),
    ...route('GET', `${ME}/session`, 'zendesk show session', createShowSession(context)),
    ...route('DELETE', `${ME}/logout`, 'zendesk logout', logout),
    ...route('GET', `${ME}/logout`, 'zendesk logout', logout),
  ];
}

function route(method: Method, path: string, name: string, handle: Route['handle']): Route[] {
  return ['', '.json'].map((suffix) => ({ method, path: path + suffix, name, handle }));
}
