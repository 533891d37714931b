/**
 * The routes: AM's endpoints under each realm.
 */

import type { Route } from '../dialect.ts';
import type { Context, Handle } from './context.ts';
import { problem, problemAnswer } from './errors.ts';
import { createAccessToken } from './handlers/access-token.ts';
import { createAuthorize } from './handlers/authorize.ts';
import { createEndSession } from './handlers/end-session.ts';
import { createIntrospect } from './handlers/introspect.ts';
import { createConfiguration, createKeys } from './handlers/metadata.ts';
import { createRevoke } from './handlers/revoke.ts';
import { createUserinfo } from './handlers/userinfo.ts';
import { ENDPOINTS, type Operation, REALM_PATH } from './issuer.ts';

export function createRoutes(context: Context): readonly Route[] {
  const handlers: Readonly<Record<Operation, Handle>> = {
    authorize: createAuthorize(context),
    'access token': createAccessToken(context),
    introspect: createIntrospect(context),
    revoke: createRevoke(context),
    userinfo: createUserinfo(context),
    'end session': createEndSession(context),
    keys: createKeys(context),
    configuration: createConfiguration(context),
  };
  return (Object.keys(handlers) as Operation[]).flatMap((operation) => {
    const { path, methods } = ENDPOINTS[operation];
    const handle = inRealm(context, handlers[operation]);
    return methods.map((method) => ({
      method,
      path: REALM_PATH + path,
      name: `oauth ${operation}`,
      handle,
    }));
  });
}

function inRealm({ services }: Context, handle: Handle): Route['handle'] {
  return async (request) => {
    const realm = request.params.realm ?? '';
    return services.sessions.realms.has(realm) ? handle(request, realm) : NO_REALM;
  };
}

const NO_REALM = problemAnswer(problem(404, 'not_found', 'Realm not found'));
