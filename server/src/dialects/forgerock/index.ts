/**
 * The forgerock dialect: AM's REST interface for sessions.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { type Config, schema } from './config.ts';
import { createCredential } from './credential.ts';
import { writeError } from './encode.ts';
import { rejected } from './errors.ts';
import { ACTION_HEADERS } from './resource.ts';
import { createRoutes } from './routes.ts';
import { shape } from './shape.ts';

export const forgerock = { name: 'forgerock', schema, create } satisfies DialectModule<
  typeof schema,
  Config
>;

/** How an answer is written that no handler gave. */
const PLAIN = { headers: ACTION_HEADERS, prettyPrint: false, fields: [] };

function create(services: Services, config: Config): Dialect {
  const context = { services, config };
  return {
    name: 'forgerock',
    prefixes: ['/am/json'],
    routes: createRoutes(context),
    readSessionToken: shape.read,
    reject: (rejection, request) => writeError(rejected(rejection, request), PLAIN),
    credential: createCredential(context),
  };
}
