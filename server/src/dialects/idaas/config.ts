/**
 * The options of the idaas dialect.
 */

import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { count, duration, hosts, name, secret, text, tokenLife } from '../../config/values.ts';

const tenantClient = z.strictObject({
  client_id: text('What the application calls itself; `X-client-id` of its SDK.'),
  client_secret: secret('What its server shows to get an access token.'),
  private_key: secret(
    'An RSA private key in PEM, for `X-signature`: the application encrypts with its public ' +
      'half. Default: none, and `X-signature` is refused.',
  )
    .refine(isRsaKey, 'an RSA private key of 2048 to 4096 bits, in PEM')
    .optional(),
});

/** Anybody may send a signature: one of 8192 bits would stop the server for 20 ms. */
function isRsaKey(pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    const bits = asymmetricKeyDetails?.modulusLength ?? 0;
    return asymmetricKeyType === 'rsa' && bits >= 2048 && bits <= 4096;
  } catch {
    return false;
  }
}

export const schema = z
  .strictObject({
    realm: name('The realm whose people sign in here. Default: alpha.').default('alpha'),
    hosts: hosts('The hosts at which it is served. Default: every host.'),
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
    automatic_refresh: z
      .boolean()
      .describe(
        'Whether `session-token/id-token` hands out a new session token as well, which the ' +
          'application has to store. Default: true.',
      )
      .default(true),
    refresh_id_token: z
      .boolean()
      .describe('Whether a refresh hands out an ID token too, as Huawei has it. Default: false.')
      .default(false),
    sso_ticket_life: duration('How long a ticket is good for. Default: 5m.', {
      from: '1s',
      to: '1h',
    }).prefault('5m'),
    user_info: z
      .enum(['flat', 'wrapped'], { error: 'flat or wrapped' })
      .describe(
        'Whether a ticket is answered with the members of the person, as BambooCloud has it, or ' +
          'with these in `data.user`, as Huawei has it. Default: flat.',
      )
      .default('flat'),
    code_sender: z
      .enum(['log', 'none'], { error: 'log or none' })
      .describe(
        'Who brings verification codes: the log, which a demo has alone, or nobody. Default: log.',
      )
      .default('log'),
    code_life: duration(
      'How long a verification code is good for at least; twice that at most. Default: 5m.',
      { from: '1m', to: '1h' },
    ).prefault('5m'),
    codes_per_day: count(
      'Verification codes that a person is sent in a day (UTC) at most. Default: 10.',
      1,
      100,
    ).default(10),
    state_token_life: tokenLife(
      'How long a person has to change a password that has ended, or is about to. Default: 10m.',
      { from: '1m', to: '1h' },
    ).prefault('10m'),
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
