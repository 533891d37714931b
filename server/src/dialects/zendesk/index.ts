/**
 * The zendesk dialect: the sessions of the Support API.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { type Config, schema } from './config.ts';
import { SESSION_COOKIE } from './cookies.ts';
import { writeError } from './encode.ts';
import { REJECTIONS } from './errors.ts';
import { createRoutes } from './routes.ts';
import { authenticityToken, sessionShape, sessionText } from './shapes.ts';

export const zendesk = {
  name: 'zendesk',
  schema,
  create(services: Services, config: Config): Dialect {
    return {
      name: 'zendesk',
      prefixes: ['/api/v2'],
      routes: createRoutes({ services, config }),
      readSessionToken: sessionShape.read,
      reject: (rejection, request) => writeError(request, REJECTIONS[rejection]),
      async credential(session) {
        if (session.realm !== config.realm)
          return { fault: `zendesk serves realm ${config.realm}` };
        return {
          credential: {
            [SESSION_COOKIE]: sessionText(services, session),
            authenticity_token: authenticityToken(services, session),
          },
        };
      },
    };
  },
} satisfies DialectModule<typeof schema, Config>;
