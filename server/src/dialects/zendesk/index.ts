/**
 * The zendesk dialect: the sessions of the Support API.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { createSecretSet } from '../secrets.ts';
import { type Config, schema } from './config.ts';
import { createCredential } from './credential.ts';
import { writeError } from './encode.ts';
import { rejected } from './errors.ts';
import { createRates } from './rates.ts';
import { API, createRoutes } from './routes.ts';
import { sessionShape } from './shape.ts';

export const zendesk = { name: 'zendesk', schema, create } satisfies DialectModule<
  typeof schema,
  Config
>;

function create(services: Services, config: Config): Dialect {
  const apiTokens = createSecretSet(config.api_tokens, ({ token }) => token);
  const rates = createRates(services.clock, config.rate_limit);
  const context = { services, config, apiTokens, rates };
  return {
    name: 'zendesk',
    hosts: config.hosts,
    realm: config.realm,
    prefixes: [API],
    routes: createRoutes(context),
    readSessionToken: sessionShape.read,
    reject: (rejection, request) => writeError(request, rejected(rejection)),
    credential: createCredential(context),
  };
}
