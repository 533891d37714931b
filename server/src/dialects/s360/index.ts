/**
 * The s360 dialect: single sign-on of the S360 / IID identity provider.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { type Config, schema } from './config.ts';
import { createCredential } from './credential.ts';
import { createAnswers } from './encode.ts';
import { rejected } from './errors.ts';
import { createRoutes } from './routes.ts';
import { createSystems } from './systems.ts';

export const s360 = { name: 's360', schema, create } satisfies DialectModule<typeof schema, Config>;

function create(services: Services, config: Config): Dialect {
  const answers = createAnswers(services.random, config);
  const systems = createSystems(services.keyring, config);
  const context = { services, config, systems };
  return {
    name: 's360',
    hosts: config.hosts,
    realm: config.realm,
    prefixes: [config.paths.base],
    routes: createRoutes(context, answers),
    reject: (rejection, request) => answers.problem(request, rejected(rejection)),
    credential: createCredential(context),
  };
}
