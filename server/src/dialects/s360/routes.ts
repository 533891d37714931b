/**
 * The operations and their paths.
 */

import type { Route } from '../dialect.ts';
import type { Context } from './context.ts';
import { createHandlers } from './handlers.ts';

export function createRoutes(context: Context): readonly Route[] {
  const { paths } = context.config;
  const { renew, logout } = createHandlers(context);
  const post = (path: string, name: string, handle: Route['handle']): Route => ({
    method: 'POST',
    path: paths.base + path,
    name: `s360 ${name}`,
    handle,
  });
  return [
    post(paths.authenticate, 'authenticate', renew),
    post(paths.refresh, 'refresh', renew),
    post(paths.logout, 'logout', logout),
  ];
}
