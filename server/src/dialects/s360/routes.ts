/**
 * The operations and their paths.
 */

import type { Route } from '../dialect.ts';
import type { Config } from './config.ts';
import type { Handlers } from './handlers.ts';

export function routes({ paths }: Config, { renew, logout }: Handlers): readonly Route[] {
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
