/**
 * The s360 dialect: single sign-on of the S360 / IID identity provider.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { type Config, schema } from './config.ts';
import { createContextTokens } from './context-token.ts';
import { createCredential } from './credential.ts';
import { createAnswers } from './encode.ts';
import { rejected } from './errors.ts';
import { createRoutes } from './routes.ts';

export const s360 = { name: 's360', schema, create } satisfies DialectModule<typeof schema, Config>;

function create(services: Services, config: Config): Dialect {
  const answers = createAnswers(services.random);
  const contextTokens = createContextTokens(services, config);
  const context = { services, config, answers, contextTokens };
  return {
    name: 's360',
    prefixes: [config.paths.base],
    routes: createRoutes(context),
    reject: (rejection, request) => answers.problem(request, rejected(rejection)),
    credential: createCredential(context),
  };
}
