/**
 * The options of the s360 dialect.
 */

import { z } from 'zod';
import { duration, name, secret, text } from '../../config/values.ts';

const PATH = /^(\/[A-Za-z0-9._~-]+)+$/;

function path(doc: string, standard: string) {
  const expected = 'a path such as /idp/sso/v1';
  return z
    .string({ error: expected })
    .regex(PATH, expected)
    .describe(`${doc} Default: ${standard}.`)
    .default(standard);
}

const apiKey = z.strictObject({
  key: secret('What a caller sends as `api_key`, in a header or in the query.'),
});

const externalSystem = z.strictObject({
  name: name('The system that signed-in users open; `sub` of its JWTs.'),
  jwt_key: secret(
    'The key of its JWTs (HS256), which the system checks them with: 32 characters at least. ' +
      'Default: one derived from the root secret.',
  )
    .min(32, 'text of 32 to 4096 characters')
    .optional(),
  token_key: secret(
    'The key of `sessionTokenEncrypted` (AES-256-CBC), which the system decrypts it with: 64 ' +
      'hexadecimal digits. Default: one derived from the root secret.',
  )
    .regex(/^[0-9A-Fa-f]{64}$/, '64 hexadecimal digits')
    .optional(),
});

const paths = z
  .strictObject({
    base: path('What all of them begin with.', '/idp/sso/v1'),
    authenticate: path('The first JWT of a pair.', '/authenticate'),
    refresh: path('A new JWT of a pair.', '/refresh'),
    logout: path('Ends the session of a pair.', '/logout'),
  })
  .refine((it) => new Set([it.authenticate, it.refresh, it.logout]).size === 3, {
    message: 'a path of its own for each operation',
  })
  .describe('Where the operations are. The vendor documents that of refresh alone.')
  .prefault({});

export const schema = z
  .strictObject({
    realm: name('The realm whose sessions are served. Default: alpha.').default('alpha'),
    api_keys: z
      .array(apiKey)
      .max(1000)
      .describe('The callers that are let in. Default: none.')
      .default([]),
    require_api_key: z
      .boolean()
      .describe(
        'Whether a call needs one of `api_keys`. Otherwise whoever holds a pair is let in. ' +
          'Default: true.',
      )
      .default(true),
    external_systems: z
      .array(externalSystem)
      .max(1000)
      .refine((it) => new Set(it.map((system) => system.name)).size === it.length, {
        message: 'a name of its own for each external system',
      })
      .describe('The systems that can be given a pair. Default: none.')
      .default([]),
    paths,
    issuer: text('`iss` of the JWTs. Default: IID-IDPServices.').default('IID-IDPServices'),
    audience: text('`aud` of the JWTs. Default: SSO.').default('SSO'),
    jwt_life: duration(
      'Adds `exp`, so long after now, to the JWTs. Default: no `exp`, as the vendor has it.',
      { from: '1s', to: '3650d' },
    ).optional(),
    unparsable_status: z
      .union([z.literal(400), z.literal(500)], { error: '400 or 500' })
      .describe('The HTTP status that answers a body which is not a JSON object. Default: 400.')
      .default(400),
  })
  .describe('Single sign-on of the S360 / IID identity provider.');

export type Config = z.output<typeof schema>;
