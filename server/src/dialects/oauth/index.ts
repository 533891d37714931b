/**
 * The oauth dialect: OAuth 2 and OpenID Connect under the paths of AM.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { createClients } from './clients.ts';
import { type Config, schema } from './config.ts';
import { createCredential } from './credential.ts';
import { rejected } from './errors.ts';
import { createRoutes } from './routes.ts';

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
    reject: rejected,
    credential: createCredential(context),
  };
}
