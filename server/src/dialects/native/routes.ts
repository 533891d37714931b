/**
 * The table of routes.
 */

import { jsonAnswer } from '../answers.ts';
import type { Route, Services } from '../dialect.ts';
import type { Config } from './config.ts';
import { addUser, listKeys, rotateKey, setPassword } from './handlers/administration.ts';
import { issueCredential } from './handlers/credentials.ts';
import { end, endAll, list, read, renew, signIn } from './handlers/sessions.ts';
import { why, whyCurrent } from './handlers/why.ts';
import { openApi } from './openapi.ts';

export const BASE = '/lamplighter/v1';

const REALM = `${BASE}/realms/:realm`;

export function routesOf(services: Services, config: Config): readonly Route[] {
  const route = (
    method: Route['method'],
    path: string,
    name: string,
    handle: Route['handle'],
  ): Route => ({ method, path, name: `native.${name}`, handle });
  const sessions = `${REALM}/sessions`;
  return [
    route('POST', sessions, 'sign_in', (request) => signIn(services, request)),
    route('GET', sessions, 'list', (request) => list(services, request)),
    route('DELETE', sessions, 'end_all', (request) => endAll(services, request)),
    route('POST', `${sessions}/current/renew`, 'renew', (request) => renew(services, request)),
    route('POST', `${sessions}/current/credentials`, 'credential', (request) =>
      issueCredential(services, request),
    ),
    route('GET', `${sessions}/current/why`, 'why_current', (request) =>
      whyCurrent(services, request),
    ),
    route('GET', `${sessions}/:id`, 'read', (request) => read(services, request)),
    route('DELETE', `${sessions}/:id`, 'end', (request) => end(services, request)),
    route('GET', `${sessions}/:id/why`, 'why', (request) => why(services, request)),
    route('POST', `${REALM}/users`, 'add_user', (request) => addUser(services, request)),
    route('PUT', `${REALM}/users/:subject/password`, 'set_password', (request) =>
      setPassword(services, request),
    ),
    route('GET', `${BASE}/keys`, 'keys', (request) => listKeys(services, config, request)),
    route('POST', `${BASE}/keys/:purpose/rotate`, 'rotate_key', (request) =>
      rotateKey(services, config, request),
    ),
    route('GET', `${BASE}/openapi.json`, 'openapi', async (request) =>
      jsonAnswer(200, openApi(request.origin)),
    ),
  ];
}
