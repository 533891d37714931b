/**
 * The zendesk dialect: the sessions of the Support API.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { createSecretSet } from '../secrets.ts';
import { type Config, schema } from './config.ts';
import { createCredential } from './credential.ts';
import { writeError } from './encode.ts';
import { rejected } from './errors.ts';
import { createRoutes } from './routes.ts';
import { sessionShape } from './shape.ts';

export const zendesk = { name: 'zendesk', schema, create } satisfies DialectModule<
  typeof schema,
  Config
>;

function create(services: Services, config: Config): Dialect {
  const apiTokens = createSecretSet(config.api_tokens, ({ token }) => token);
  const context = { services, config, apiTokens };
  return {
    name: 'zendesk',
    prefixes: ['/api/v2'],
    routes: createRoutes(context),
    readSessionToken: sessionShape.read,
    reject: (rejection, request) => writeError(request, rejected(rejection)),
    credential: createCredential(context),
  };
}
