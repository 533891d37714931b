/**
 * The paths of AM that are served, in every form of their realm.
 */

import type { Method, Route } from '../dialect.ts';
import { realmPaths } from '../realm-paths.ts';
import type { Context } from './context.ts';
import { createAuthenticate } from './handlers/authenticate.ts';
import { createServerinfo } from './handlers/serverinfo.ts';
import { createSessions } from './handlers/sessions.ts';
import { createUsers } from './handlers/users.ts';
import { METHODS } from './resource.ts';

export function createRoutes(context: Context): readonly Route[] {
  const sessions = createSessions(context);
  return [
    ...mount(context, '/authenticate', ['POST'], createAuthenticate(context)),
    ...mount(context, '/sessions', METHODS, sessions),
    ...mount(context, '/sessions/:tokenId', METHODS, sessions),
    ...mount(context, '/serverinfo/:id', METHODS, createServerinfo(context)),
    ...mount(context, '/users', METHODS, createUsers(context)),
  ];
}

function mount(
  { config }: Context,
  resource: string,
  methods: readonly Method[],
  handle: Route['handle'],
): Route[] {
  const name = `forgerock ${resource.split('/')[1]}`;
  return realmPaths(`${config.context_path}/json`, resource).flatMap((path) =>
    methods.map((method) => ({ method, path, name, handle })),
  );
}
