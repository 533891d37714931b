/**
 * The native dialect: Lamplighter's own HTTP API.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { type Config, schema } from './config.ts';
import { problem } from './errors.ts';
import { BASE, routesOf } from './routes.ts';
import { KIND, SESSION_TOKEN } from './shape.ts';

export const native = {
  name: 'native',
  schema,
  create: (services: Services, config: Config): Dialect => ({
    name: 'native',
    hosts: [],
    realm: null,
    prefixes: [BASE, '/'],
    routes: routesOf(services, config),
    reject: (rejection) => problem(rejection),
    credential: async (session) => ({
      credential: { token: SESSION_TOKEN.write(services.sessions.token(session, KIND)) },
    }),
    whyPath: ({ realm, id }) => `${BASE}/realms/${encodeURIComponent(realm)}/sessions/${id}/why`,
    readSessionToken: (text) => SESSION_TOKEN.read(text),
  }),
} satisfies DialectModule<typeof schema, Config>;
