/**
 * The operations and their paths.
 */

import type { Route } from '../dialect.ts';
import type { Context } from './context.ts';
import type { Answers } from './encode.ts';
import { createAddMessages } from './handlers/add-messages.ts';
import { createCreateChild } from './handlers/create-child.ts';
import { createGetChild } from './handlers/get-child.ts';
import { createGetContext } from './handlers/get-context.ts';
import { createLogout } from './handlers/logout.ts';
import { createLogoutChild } from './handlers/logout-child.ts';
import { createRefresh } from './handlers/refresh.ts';
import { createValidateChild } from './handlers/validate-child.ts';
import { createServing, type Operation } from './operation.ts';
import { CHILD_KIND, KIND } from './shape.ts';

export function createRoutes(context: Context, answers: Answers): readonly Route[] {
  const { config } = context;
  const { paths } = config;
  const serving = createServing(config, answers);
  const post = (path: string, name: string, operation: Operation): Route => ({
    method: 'POST',
    path: paths.base + path,
    name: `s360 ${name}`,
    handle: serving(operation),
  });
  return [
    post(paths.authenticate, 'authenticate', createRefresh(context, KIND)),
    post(paths.refresh, 'refresh', createRefresh(context, KIND)),
    post(paths.context, 'get context', createGetContext(context)),
    post(paths.logout, 'logout', createLogout(context)),
    post(paths.child_create, 'create child', createCreateChild(context)),
    post(paths.child_get, 'get child', createGetChild(context)),
    post(paths.child_refresh, 'refresh child', createRefresh(context, CHILD_KIND)),
    post(paths.child_validate, 'validate child', createValidateChild(context)),
    post(paths.child_logout, 'logout child', createLogoutChild(context)),
    post(paths.child_messages, 'add messages', createAddMessages(context)),
  ];
}
