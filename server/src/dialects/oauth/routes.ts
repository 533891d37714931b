/**
 * The routes: AM's endpoints under each realm (fact sheet 4.1).
 */

import type { Method, Route } from '../dialect.ts';
import type { Context, Handle } from './context.ts';
import { problem, problemAnswer } from './errors.ts';
import { createAccessToken } from './handlers/access-token.ts';
import { createAuthorize } from './handlers/authorize.ts';
import { createEndSession } from './handlers/end-session.ts';
import { createIntrospect } from './handlers/introspect.ts';
import { createConfiguration, createKeys } from './handlers/metadata.ts';
import { createRevoke } from './handlers/revoke.ts';
import { createUserinfo } from './handlers/userinfo.ts';
import { REALM_PATH } from './issuer.ts';

type Endpoint = readonly [methods: readonly Method[], path: string, create: Create];
type Create = (context: Context) => Handle;

const ENDPOINTS: readonly Endpoint[] = [
  [['GET', 'POST'], '/authorize', createAuthorize],
  [['POST'], '/access_token', createAccessToken],
  [['POST'], '/introspect', createIntrospect],
  [['POST'], '/token/revoke', createRevoke],
  [['GET', 'POST'], '/userinfo', createUserinfo],
  [['GET', 'POST'], '/connect/endSession', createEndSession],
  [['GET'], '/connect/jwk_uri', createKeys],
  [['GET'], '/.well-known/openid-configuration', createConfiguration],
];

export function createRoutes(context: Context): readonly Route[] {
  return ENDPOINTS.flatMap(([methods, path, create]) => {
    const handle = inRealm(context, create(context));
    return methods.map((method) => ({
      method,
      path: REALM_PATH + path,
      name: `oauth ${method} ${path}`,
      handle,
    }));
  });
}

/** The methods of whatever endpoint a path belongs to; none when it is nobody's. */
export function methodsOf(path: string): readonly Method[] {
  const trimmed = path.replace(/\/$/, '');
  return ENDPOINTS.find(([, end]) => trimmed.endsWith(end))?.[0] ?? [];
}

function inRealm({ services }: Context, handle: Handle): Route['handle'] {
  return async (request) => {
    const realm = request.params.realm ?? '';
    return services.sessions.realms.has(realm) ? handle(request, realm) : NO_REALM;
  };
}

const NO_REALM = problemAnswer(problem(404, 'not_found', 'Realm not found'));
