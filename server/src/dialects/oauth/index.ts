/**
 * The oauth dialect: OAuth 2 and OpenID Connect under the paths of AM.
 */

import type { Dialect, DialectModule, Services } from '../dialect.ts';
import { createAccessTokens } from './access-token.ts';
import { createTell } from './back-channel.ts';
import { createClients } from './clients.ts';
import { type Config, schema } from './config.ts';
import { createCredential } from './credential.ts';
import { createDpop } from './dpop.ts';
import { createForms } from './forms.ts';
import { PREFIX, WELL_KNOWN } from './issuer.ts';
import { createReadAccessToken } from './read-access-token.ts';
import { rejected } from './rejected.ts';
import { createRoutes } from './routes.ts';
import { createSeal } from './seal.ts';
import { sessionShape } from './shape.ts';

export const oauth = { name: 'oauth', schema, create } satisfies DialectModule<
  typeof schema,
  Config
>;

function create(services: Services, config: Config): Dialect {
  const accessTokens = createAccessTokens(services.keyring);
  const forms = createForms(services, config);
  const dpop = createDpop(services, config);
  const seals = {
    pushed: createSeal(services.keyring, 'oauth pushed request'),
    device: createSeal(services.keyring, 'oauth device'),
  };
  const context = {
    services,
    // Their secrets stay behind: `createClients` has made hashes of them.
    config: { ...config, clients: [] },
    clients: createClients(config),
    accessTokens,
    dpop,
    seals,
    forms,
  };
  return {
    name: 'oauth',
    hosts: [],
    realm: null,
    prefixes: [PREFIX, WELL_KNOWN + PREFIX],
    routes: createRoutes(context),
    reject: (rejection, request) => rejected(config, rejection, request),
    credential: createCredential(context),
    tell: createTell(context),
    readSessionToken: sessionShape.read,
    readAccessToken: createReadAccessToken(context),
  };
}
