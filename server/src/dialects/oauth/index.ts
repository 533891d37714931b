/**
 * The oauth dialect: OAuth 2 and OpenID Connect under the paths of AM.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { createClients } from './clients.ts';
import { type Config, schema } from './config.ts';
import { handOut } from './credential.ts';
import { problemAnswer, rejectionProblem } from './errors.ts';
import { createRoutes, methodsOf } from './routes.ts';

export const oauth = { name: 'oauth', schema, create } satisfies DialectModule<
  typeof schema,
  Config
>;

function create(services: Services, config: Config): Dialect {
  const context = { services, config, clients: createClients(config) };
  return {
    name: 'oauth',
    prefixes: ['/am/oauth2'],
    routes: createRoutes(context),
    reject: (rejection, { method, path }) =>
      problemAnswer(rejectionProblem(rejection, method, methodsOf(path))),
    credential: (session, ask) => handOut(context, session, ask),
  };
}
