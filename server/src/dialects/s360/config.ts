/**
 * The options of the s360 dialect.
 */

import { z } from 'zod';
import { duration, hosts, name, secret, text } from '../../config/values.ts';

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
  active: z
    .boolean()
    .describe('Whether it lets anybody in; otherwise it is as good as unknown. Default: true.')
    .default(true),
  external_systems: z
    .array(name('The name of an external system.'))
    .max(1000)
    .describe('The systems whose pairs may come with it, or be made with it. Default: all.')
    .optional(),
});

const authorityType = z.strictObject({
  name: name('`authorityType` of a JWT.'),
  profiles: name(
    'The member of `context.user` that lists the profiles. Default: selfProfile.',
  ).default('selfProfile'),
  profile_type: name('`type` of a profile. Default: INDIVIDUAL.').default('INDIVIDUAL'),
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
    'The key of `sessionTokenEncrypted` (AES), which the system decrypts it with: 32, 48 or 64 ' +
      'hexadecimal digits. Default: one derived from the root secret, of 64.',
  )
    .regex(/^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})$/, '32, 48 or 64 hexadecimal digits')
    .optional(),
  authority_type: name(
    'One of `authority_types`: that of the pairs which the portal hands out for the system, and of ' +
      'children that are not given another. Default: the first of them.',
  ).optional(),
});

const paths = z
  .strictObject({
    base: path('What all of them begin with.', '/idp/sso/v1'),
    authenticate: path('The first JWT of a pair.', '/authenticate'),
    refresh: path('A new JWT of a pair.', '/refresh'),
    context: path('The context of a pair, without a JWT around it.', '/context'),
    logout: path('Ends the session of a pair.', '/logout'),
    child_create: path('A child session, for another external system.', '/child/create'),
    child_get: path('A child session, its context, and its messages.', '/child/get'),
    child_refresh: path('A new JWT of a child session.', '/child/refresh'),
    child_validate: path('Whether a child session lives.', '/child/validate'),
    child_logout: path('Ends a child session alone.', '/child/logout'),
    child_messages: path('Adds messages to a child session.', '/child/messages'),
  })
  .refine(({ base, ...others }) => areDifferent(Object.values(others)), {
    message: 'a path of its own for each operation',
  })
  .describe('Where the operations are. The vendor documents that of refresh alone.')
  .prefault({});

export const schema = z
  .strictObject({
    realm: name('The realm whose sessions are served. Default: alpha.').default('alpha'),
    hosts: hosts('The hosts at which it is served. Default: every host.'),
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
      .refine((it) => areDifferent(it.map((system) => system.name)), {
        message: 'a name of its own for each external system',
      })
      .describe('The systems that can be given a pair. Default: none.')
      .default([]),
    authority_types: z
      .array(authorityType)
      .min(1, 'one authority type at least')
      .max(100)
      .refine((it) => areDifferent(it.map((type) => type.name)), {
        message: 'a name of its own for each authority type',
      })
      .describe('On whose behalf people can act. Default: SELF alone, which the vendor documents.')
      .prefault([{ name: 'SELF' }]),
    paths,
    issuer: text('`iss` of the JWTs. Default: IID-IDPServices.').default('IID-IDPServices'),
    audience: text('`aud` of the JWTs. Default: SSO.').default('SSO'),
    jwt_life: duration(
      'Adds `exp`, so long after now, to the JWTs. Default: no `exp`, as the vendor has it.',
      { from: '1s', to: '3650d' },
    ).optional(),
    token_encryption: z
      .enum(['fresh_iv', 'zero_iv', 'ecb'])
      .describe(
        'What `sessionTokenEncrypted` is. `fresh_iv`: a new IV, then the 16 bytes of the UUID under ' +
          'AES-CBC. `zero_iv` and `ecb`: its 36 characters under AES-CBC with an IV of zeros, or under ' +
          'AES-ECB; two JWTs of the same context are then the same. Default: fresh_iv.',
      )
      .default('fresh_iv'),
    timeout_code: z
      .enum(['E0003', 'E0004'])
      .describe('The code for a session that time has ended. Default: E0003.')
      .default('E0003'),
    error_data: z
      .enum(['null', 'absent'])
      .describe('What `data` of an error is. Default: null.')
      .default('null'),
    unparsable_status: z
      .union([z.literal(400), z.literal(500)], { error: '400 or 500' })
      .describe('The HTTP status that answers a body which is not a JSON object. Default: 400.')
      .default(400),
  })
  .refine(({ api_keys, external_systems }) => areNamed(api_keys, external_systems), {
    message: 'names a system that is none of external_systems',
    path: ['api_keys'],
  })
  .refine(({ external_systems, authority_types }) => areTyped(external_systems, authority_types), {
    message: 'has an authority_type that is none of authority_types',
    path: ['external_systems'],
  })
  .describe('Single sign-on of the S360 / IID identity provider.');

export type Config = z.output<typeof schema>;

type Named = readonly { readonly name: string }[];

function areDifferent(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

function areNamed(
  keys: readonly { readonly external_systems?: readonly string[] | undefined }[],
  systems: Named,
): boolean {
  const known = new Set(systems.map((system) => system.name));
  return keys.every(({ external_systems = [] }) => external_systems.every((it) => known.has(it)));
}

function areTyped(
  systems: readonly { readonly authority_type?: string | undefined }[],
  types: Named,
): boolean {
  const known = new Set<string | undefined>(types.map((type) => type.name));
  return systems.every(({ authority_type: it }) => it === undefined || known.has(it));
}
