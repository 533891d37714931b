/**
 * The forgerock dialect: AM's REST interface for sessions.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { type Config, schema } from './config.ts';
import { writeError } from './encode.ts';
import { REJECTIONS } from './errors.ts';
import { ACTION_HEADERS } from './resource.ts';
import { createRoutes } from './routes.ts';
import { KIND, shape } from './shape.ts';

export const forgerock = {
  name: 'forgerock',
  schema,
  create(services: Services, config: Config): Dialect {
    return {
      name: 'forgerock',
      prefixes: ['/am/json'],
      routes: createRoutes({ services, config }),
      readSessionToken: shape.read,
      reject: (rejection, request) =>
        writeError(REJECTIONS[rejection](request), {
          headers: ACTION_HEADERS,
          prettyPrint: false,
          fields: [],
        }),
      async credential(session) {
        const tokenId = shape.write(services.sessions.token(session, KIND));
        return { credential: { tokenId, cookieName: config.cookie_name } };
      },
    };
  },
} satisfies DialectModule<typeof schema, Config>;
