/**
 * The idaas dialect: session tokens of the BambooCloud IDaaS, also sold as Huawei Cloud OneAccess.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { type Config, schema } from './config.ts';
import { createContext } from './context.ts';
import { createCredential } from './credential.ts';
import { rejected } from './errors.ts';
import { createRoutes, SDK, TENANT, TOKEN_PATH } from './routes.ts';

export const idaas = { name: 'idaas', schema, create } satisfies DialectModule<
  typeof schema,
  Config
>;

function create(services: Services, config: Config): Dialect {
  const context = createContext(services, config);
  return {
    name: 'idaas',
    hosts: config.hosts,
    realm: config.realm,
    prefixes: [TENANT, SDK],
    routes: createRoutes(context),
    reject: (rejection, { path }) => rejected(rejection, path.startsWith(TOKEN_PATH)),
    credential: createCredential(services, config, context.clients),
  };
}
