/**
 * The idaas dialect: session tokens of the BambooCloud IDaaS, also sold as Huawei Cloud OneAccess.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { createClients } from './clients.ts';
import { type Config, schema } from './config.ts';
import { createCredential } from './credential.ts';
import { rejected } from './errors.ts';
import { routes, SDK, TENANT, TOKEN_PATH } from './routes.ts';

export const idaas = { name: 'idaas', schema, create } satisfies DialectModule<
  typeof schema,
  Config
>;

function create(services: Services, config: Config): Dialect {
  const clients = createClients(config);
  return {
    name: 'idaas',
    prefixes: [TENANT, SDK],
    routes: routes(services, config, clients),
    reject: (rejection, { path }) => rejected(rejection, path.startsWith(TOKEN_PATH)),
    credential: createCredential(services, config, clients),
  };
}
