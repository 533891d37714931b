/**
 * The paths of AM that are served.
 */

import type { Route } from '../dialect.ts';
import type { Context } from './context.ts';
import { createAuthenticate } from './handlers/authenticate.ts';
import { createSessions } from './handlers/sessions.ts';

const REALM = '/am/json/realms/root/realms/:realm';

export function createRoutes(context: Context): readonly Route[] {
  return [
    {
      method: 'POST',
      path: `${REALM}/authenticate`,
      name: 'forgerock authenticate',
      handle: createAuthenticate(context),
    },
    {
      method: 'POST',
      path: `${REALM}/sessions`,
      name: 'forgerock sessions',
      handle: createSessions(context),
    },
  ];
}
