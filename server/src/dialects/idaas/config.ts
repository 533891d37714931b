/**
 * The options of the idaas dialect.
 */

import { z } from 'zod';
import { duration, name, secret, text, tokenLife } from '../../config/values.ts';

const tenantClient = z.strictObject({
  client_id: text('What the application calls itself; `X-client-id` of its SDK.'),
  client_secret: secret('What its server shows to get an access token.'),
});

export const schema = z
  .strictObject({
    realm: name('The realm whose people sign in here. Default: alpha.').default('alpha'),
    tenant_clients: z
      .array(tenantClient)
      .max(1000)
      .refine((it) => new Set(it.map((client) => client.client_id)).size === it.length, {
        message: 'a client_id of its own for each application',
      })
      .describe('The applications that may use this API. Default: none.')
      .default([]),
    tenant_token_life: tokenLife('How long a tenant access token lives. Default: 30m.', {
      from: '1s',
      to: '365d',
    }).prefault('30m'),
    session_idle: duration(
      'How long a session token can go unused, and a session that was opened here: `expire`. ' +
        'Default: 12h.',
      { from: '1m', to: '365d' },
    ).prefault('12h'),
    session_life: tokenLife(
      'When a session that was opened here ends, however much it is used. Default: 7d.',
      { from: '1m', to: '365d' },
    ).prefault('7d'),
    id_token_life: tokenLife('How long the ID token of a sign-in is good for. Default: 2h.', {
      from: '1s',
      to: '365d',
    }).prefault('2h'),
    issuer: text(
      '`iss` of ID tokens. Default: scheme and authority that the client used.',
    ).optional(),
    bad_bearer_status: z
      .union([z.literal(400), z.literal(401)], { error: '400 or 401' })
      .describe(
        'The HTTP status that answers a missing, bad or expired access token. Default: 400.',
      )
      .default(400),
  })
  .describe('Session tokens of the BambooCloud IDaaS.');

export type Config = z.output<typeof schema>;
