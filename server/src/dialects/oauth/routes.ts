/**
 * The routes: AM's endpoints in every form of their realm, and the metadata where RFC 8414 has it.
 */

import type { Method, Route } from '../dialect.ts';
import { type RealmFault, readRealm, realmNames, realmPaths } from '../realm-paths.ts';
import type { Context, Handle } from './context.ts';
import { type Problem, problem, problemAnswer } from './errors.ts';
import { createAccessToken } from './handlers/access-token.ts';
import { createAuthorize } from './handlers/authorize.ts';
import { createConsent } from './handlers/authorize-consent.ts';
import { createSignIn } from './handlers/authorize-sign-in.ts';
import { createDeviceCode } from './handlers/device-code.ts';
import { createDeviceDecision } from './handlers/device-decision.ts';
import { createDeviceSignIn } from './handlers/device-sign-in.ts';
import { createDeviceUser } from './handlers/device-user.ts';
import { createEndSession } from './handlers/end-session.ts';
import { createLogOut } from './handlers/end-session-confirm.ts';
import { createIntrospect } from './handlers/introspect.ts';
import { createConfiguration, createKeys } from './handlers/metadata.ts';
import { stylesheet, submitScript } from './handlers/page-files.ts';
import { createPushedRequest } from './handlers/pushed-request.ts';
import { createRevoke } from './handlers/revoke.ts';
import { createTokeninfo } from './handlers/tokeninfo.ts';
import { createUserinfo } from './handlers/userinfo.ts';
import { ENDPOINTS, type Operation, PREFIX, WELL_KNOWN } from './issuer.ts';
import { STYLESHEET_PATH, SUBMIT_PATH } from './pages/page.ts';
import { withNonce } from './sender.ts';

export function createRoutes(context: Context): readonly Route[] {
  const configuration = createConfiguration(context);
  const handlers: Readonly<Record<Operation, Handle>> = {
    authorize: createAuthorize(context),
    'sign in': createSignIn(context),
    consent: createConsent(context),
    'access token': withNonce(context, createAccessToken(context)),
    'pushed request': withNonce(context, createPushedRequest(context)),
    'device code': createDeviceCode(context),
    'device user': createDeviceUser(context),
    'device sign in': createDeviceSignIn(context),
    'device decision': createDeviceDecision(context),
    introspect: createIntrospect(context),
    revoke: createRevoke(context),
    tokeninfo: withNonce(context, createTokeninfo(context)),
    userinfo: withNonce(context, createUserinfo(context)),
    'end session': createEndSession(context),
    'log out': createLogOut(context),
    keys: createKeys(context),
    configuration,
    'authorization server': configuration,
  };
  const below = (Object.keys(handlers) as Operation[]).flatMap((operation) => {
    const { path, methods } = ENDPOINTS[operation];
    return mount(context, operation, realmPaths(PREFIX, path), methods, handlers[operation]);
  });
  const inserted = realmPaths(WELL_KNOWN + PREFIX, '');
  const file = (path: string, name: string, handle: Route['handle']): Route => {
    return { method: 'GET', path: PREFIX + path, name: `oauth ${name}`, handle };
  };
  return [
    ...below,
    ...mount(context, 'authorization server', inserted, ['GET'], configuration),
    file(STYLESHEET_PATH, 'stylesheet', stylesheet),
    file(SUBMIT_PATH, 'submit script', submitScript),
  ];
}

function mount(
  context: Context,
  operation: Operation,
  paths: readonly string[],
  methods: readonly Method[],
  handler: Handle,
): Route[] {
  const name = `oauth ${operation}`;
  const handle = inRealm(context, handler);
  const isPage = PAGES.has(operation);
  return paths.flatMap((path) => methods.map((method) => ({ method, path, name, isPage, handle })));
}

/** What a browser shows. A logout is also asked for by scripts, which hear nothing of the person. */
const PAGES: ReadonlySet<Operation> = new Set([
  'authorize',
  'sign in',
  'consent',
  'device user',
  'device sign in',
  'device decision',
  'log out',
]);

function inRealm(context: Context, handle: Handle): Route['handle'] {
  const names = realmNames(context);
  return async (request) => {
    const found = readRealm(request, names);
    return 'fault' in found ? problemAnswer(NO_REALM[found.fault]) : handle(request, found.realm);
  };
}

const NO_REALM = {
  unknown_realm: problem(404, 'not_found', 'Realm not found'),
  unknown_path: problem(404, 'not_found', 'Realm not found'),
  invalid_parameter: problem(400, 'invalid_request', 'Invalid realm'),
} satisfies Record<RealmFault['fault'], Problem>;
