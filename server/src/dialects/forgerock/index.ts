/**
 * The forgerock dialect: AM's REST interface for sessions.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { realmNames } from '../realm-paths.ts';
import { createAuthIds } from './auth-id.ts';
import { type Config, schema } from './config.ts';
import { createCredential } from './credential.ts';
import { writeError } from './encode.ts';
import { rejected } from './errors.ts';
import { transactionHeader } from './resource.ts';
import { createRoutes } from './routes.ts';
import { shape } from './shape.ts';

export const forgerock = { name: 'forgerock', schema, create } satisfies DialectModule<
  typeof schema,
  Config
>;

function create(services: Services, config: Config): Dialect {
  const context = { services, config, authIds: createAuthIds(services) };
  return {
    name: 'forgerock',
    hosts: [],
    realm: null,
    prefixes: [`${config.context_path}/json`],
    routes: createRoutes(context),
    readSessionToken: shape.read,
    reject(rejection, request) {
      const error = rejected(rejection, request, realmNames(context), config);
      return writeError(error, {
        headers: transactionHeader(request),
        prettyPrint: false,
        fields: [],
      });
    },
    credential: createCredential(context),
  };
}
