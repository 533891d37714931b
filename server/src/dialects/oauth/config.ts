/**
 * The options of the oauth dialect.
 */

import { z } from 'zod';
import { duration, name, secret, tokenLife } from '../../config/values.ts';

/** What a client may ask the token endpoint for, in the words of its registration. */
const GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'device_code',
] as const;

const client = z
  .strictObject({
    client_id: z
      .string()
      .regex(/^[\x21-\x39\x3b-\x7e]{1,128}$/, 'visible ASCII without ":", 128 at most')
      .describe('The name under which the application is registered.'),
    client_secret: secret('What a confidential client proves itself with.').optional(),
    public: z
      .boolean()
      .describe('An application that can keep no secret: PKCE (RFC 7636) takes its place.')
      .default(false),
    realm: name('The realm whose people use the application.'),
    redirect_uris: z
      .array(
        z
          .string()
          .regex(/^[A-Za-z][A-Za-z0-9+.-]*:[\x21\x24-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+$/)
          .max(2000),
      )
      .describe('Where codes may be sent: absolute, without fragment, compared to the letter.')
      .default([]),
    grant_types: z
      .array(z.enum(GRANT_TYPES))
      .describe('What it may ask the token endpoint for. Default: authorization_code.')
      .default(['authorization_code']),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/))
      .describe('The scopes that it may ask for (RFC 6749, section 3.3).')
      .default([]),
    implied_consent: z
      .boolean()
      .describe('The operator consents in the name of everybody: nobody is asked.')
      .default(false),
  })
  .refine((it) => it.public !== (it.client_secret !== undefined), {
    message: 'a client has a client_secret or is public: true, one of the two',
  })
  .refine((it) => !it.grant_types.includes('authorization_code') || it.redirect_uris.length > 0, {
    message: 'a client with the grant type authorization_code needs a redirect URI',
    path: ['redirect_uris'],
  });

export const schema = z
  .strictObject({
    clients: z.array(client).describe('The registered applications. Default: none.').default([]),
    base_url: z
      .string()
      .regex(/^https?:\/\/[^\s?#]*[^\s?#/]$/, 'a URL without query, fragment or "/" at its end')
      .describe(
        'How clients reach this server, the first part of every issuer. Default: as each request ' +
          'says. Set it where clients use more than one name.',
      )
      .optional(),
    cookie_name: name(
      'The cookie, and header, that brings the session token to authorize.',
    ).default('iPlanetDirectoryPro'),
    access_token_life: tokenLife(
      'How long an access token is good for; longer than the retry cap of unbound grants. ' +
        'Default: 1h.',
      { from: '10s', to: '365d' },
    ).prefault('1h'),
    code_life: duration(
      'How long an authorization code waits for its exchange. Default: 2m.',
      // RFC 6749, section 4.1.2: ten minutes at most.
      { from: '5s', to: '10m' },
    ).prefault('2m'),
    refresh_idle: duration(
      'How long an offline grant may rest between two renewals. Default: 7d.',
      { from: '1m', to: '3650d' },
    ).prefault('7d'),
    refresh_life: tokenLife(
      'The absolute end of every grant, from its beginning (RFC 9700, 4.14.2). Default: 90d.',
      { from: '1m', to: '3650d' },
    ).prefault('90d'),
  })
  .refine((it) => areUnique(it.clients.map((one) => `${one.realm} ${one.client_id}`)), {
    message: 'a client_id is registered twice in one realm',
    path: ['clients'],
  });

export type Config = z.output<typeof schema>;

function areUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
