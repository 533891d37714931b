/**
 * The options of the oauth dialect.
 */

import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { duration, name, secret, text, tokenLife } from '../../config/values.ts';

/** What a client may ask the token endpoint for, in the words of its registration. */
const GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'device_code',
] as const;

/** What needs a client that can prove itself. */
const OWN = 'client_credentials';

/** How a confidential client proves itself, in the words of its registration (RFC 7591). */
const AUTHENTICATION_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
] as const;

export type AuthenticationMethod = (typeof AUTHENTICATION_METHODS)[number];

const ACCESS_TOKEN_FORMATS = ['jwt', 'opaque'] as const;

export type AccessTokenFormat = (typeof ACCESS_TOKEN_FORMATS)[number];

const scope = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, 'visible ASCII without quotes and backslashes')
  .describe('A scope (RFC 6749, section 3.3).');

const redirectUri = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9+.-]*:[\x21\x24-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+$/)
  .max(2000)
  // No application is there, and an old browser might run it.
  .refine((uri) => !/^(?:javascript|vbscript|data|blob|about|file):/i.test(uri), {
    message: 'expected a URI that leads to an application',
  })
  .refine((uri) => !/^http:/i.test(uri) || isLoopback(uri), {
    message:
      'expected https: a code over http is for 127.0.0.1, [::1] and localhost (RFC 9700, 2.6)',
  })
  .describe('An absolute URI without fragment.');

function isLoopback(uri: string): boolean {
  return /^http:\/\/(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)(?::\d{1,5})?(?:[/?]|$)/i.test(uri);
}

const jwk = z
  .looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']).describe('The type of the key.') })
  .refine((it) => !['d', 'p', 'q', 'k'].some((member) => Object.hasOwn(it, member)), {
    message: 'expected a public key: this file must not hold a private one',
    abort: true,
  })
  .refine(isStrong, 'expected a public key of type EC, OKP, or RSA with 2048 bits or more')
  .describe('A public key (RFC 7517).');

const client = z
  .strictObject({
    client_id: z
      .string()
      .regex(/^[\x21-\x39\x3b-\x7e]{1,128}$/, 'visible ASCII without ":", 128 at most')
      .describe('The name under which the application is registered.'),
    client_name: text('What people know it by, on pages. Default: the client_id.').optional(),
    client_secret: secret('What a confidential client proves itself with.').optional(),
    client_secret_hash: z
      .string()
      .regex(/^sha256:[A-Za-z0-9_-]{43}$/, 'sha256: and the hash in base64url')
      .describe(
        'Instead of client_secret: sha256: and its SHA-256 in base64url. For random secrets of ' +
          '128 bits or more, which a fast hash keeps as well as a slow one.',
      )
      .optional(),
    jwks: z
      .strictObject({ keys: z.array(jwk).min(1).max(10).describe('The keys.') })
      .describe('The public keys of a client that signs assertions (private_key_jwt).')
      .optional(),
    tls_client_auth_subject_dn: text(
      'The subject of the certificate with which a client proves itself (RFC 8705), as RFC 4514 ' +
        'writes it: CN=service.example,O=Example. The proxy must check the chain: anybody can make ' +
        'a certificate of that name.',
    ).optional(),
    tls_client_certificate_sha256: z
      .array(z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'SHA-256 of the DER in base64url'))
      .min(1)
      .max(10)
      .describe('The certificates with which a client proves itself, whoever has issued them.')
      .optional(),
    token_endpoint_auth_method: z
      .enum(AUTHENTICATION_METHODS)
      .describe(
        'The one way in which the client proves itself. Default: a secret either way, Basic or in ' +
          'the form; private_key_jwt where there are jwks; tls_client_auth where there is a subject, ' +
          'self_signed_tls_client_auth where there are certificates.',
      )
      .optional(),
    public: z
      .boolean()
      .describe('An application that can keep no secret: PKCE (RFC 7636) takes its place.')
      .default(false),
    realm: name('The realm whose people use the application.'),
    redirect_uris: z
      .array(redirectUri)
      .describe('Where codes may be sent: absolute, without fragment, compared to the letter.')
      .default([]),
    post_logout_redirect_uris: z
      .array(redirectUri)
      .describe('Where a browser may go after a logout: compared to the letter. Default: none.')
      .default([]),
    backchannel_logout_uri: z
      .url({ protocol: /^https?$/, error: 'an http or https URL' })
      .max(2000)
      .refine((written) => !/#|^[^/?]*\/\/[^/?]*@/.test(written), 'a URL without user and fragment')
      .describe(
        'Where the client is told that a sign-in has ended, however it did (OpenID Connect ' +
          'Back-Channel Logout 1.0). Default: nowhere.',
      )
      .optional(),
    grant_types: z
      .array(z.enum(GRANT_TYPES))
      .describe('What it may ask the token endpoint for. Default: authorization_code.')
      .default(['authorization_code']),
    scopes: z
      .array(scope)
      .describe('The scopes that it may ask for (RFC 6749, section 3.3).')
      .default([]),
    refresh_token_rotation: z
      .union([
        z.enum(['always', 'never']),
        z.strictObject({
          after: duration('How old a refresh token is when a new one takes its place.', {
            from: '1s',
          }),
        }),
      ])
      .describe(
        'When a renewal brings a new refresh token: always, once the token has some age, or never, ' +
          'which is for tokens that are bound to the client (RFC 9700, 4.14.2). Default: always.',
      )
      .default('always'),
    retry_cap: duration(
      'How long after its first use a spent refresh token of this client may be an honest retry; ' +
        "for tokens that are bound to nothing a minute at most. Default: the realm's retry caps.",
      { from: '0s', to: '1h' },
    ).optional(),
    replay_ends: z
      .enum(['grant', 'session'])
      .describe(
        "What a replayed token of this client ends. Default: the realm's retry.replay_ends.",
      )
      .optional(),
    insecure_password_grant: z
      .boolean()
      .describe(
        'Whether it may collect passwords itself, which RFC 9700 forbids: for old clients that ' +
          'cannot do otherwise. Default: false.',
      )
      .default(false),
    token_exchange: z
      .strictObject({
        audiences: z
          .array(text('A name or a URL.'))
          .describe('Whom the new tokens may be meant for. Default: this server alone.')
          .default([]),
        scopes: z.array(scope).min(1).describe('The scopes that the new tokens may have.'),
      })
      .describe(
        "Whether it may exchange people's tokens for narrower ones (RFC 8693). Default: no.",
      )
      .optional(),
    access_token_format: z
      .enum(ACCESS_TOKEN_FORMATS)
      .describe(
        'jwt: anybody can read it, and check it with the public keys (RFC 9068). opaque: only ' +
          'introspection says what it is. Default: jwt.',
      )
      .default('jwt'),
    require_pushed_authorization_requests: z
      .boolean()
      .describe('Whether its authorization requests must be pushed (RFC 9126). Default: false.')
      .default(false),
    tls_client_certificate_bound_access_tokens: z
      .boolean()
      .describe(
        'Whether it gets tokens with a certificate alone, which are of use with that certificate ' +
          'alone (RFC 8705). Default: false.',
      )
      .default(false),
    dpop_bound_access_tokens: z
      .boolean()
      .describe(
        'Whether it gets tokens with a DPoP proof alone (RFC 9449). Default: false, a proof binds ' +
          'them all the same.',
      )
      .default(false),
    implied_consent: z
      .boolean()
      .describe('The operator consents in the name of everybody: nobody is asked.')
      .default(false),
  })
  .refine((it) => proofs(it) === (it.public ? 0 : 1), {
    message:
      'a client has a client_secret, a client_secret_hash, jwks, tls_client_auth_subject_dn or ' +
      'tls_client_certificate_sha256, or is public: true, one of these',
  })
  .refine((it) => !it.public || !(it.token_exchange ?? it.grant_types.includes(OWN)), {
    message: 'public clients cannot speak for themselves, nor exchange tokens',
  })
  .refine((it) => it.refresh_token_rotation !== 'never' || isBound(it), {
    message:
      'expected tokens that are bound: of a public client a stolen one would be good for ever',
    path: ['refresh_token_rotation'],
  })
  .refine((it) => isBound(it) || (it.retry_cap ?? 0) <= 60_000, {
    message: 'expected a minute at most, or tokens that are bound',
    path: ['retry_cap'],
  })
  .refine((it) => it.token_endpoint_auth_method === undefined || isAble(it), {
    message:
      'the method needs something else: jwks for private_key_jwt, a client_secret of 32 ' +
      'characters or more for client_secret_jwt, a certificate for those of TLS, a secret or its ' +
      'hash for the others',
    path: ['token_endpoint_auth_method'],
  })
  .refine((it) => !it.grant_types.includes('authorization_code') || it.redirect_uris.length > 0, {
    message: 'the grant type authorization_code needs a redirect URI',
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
    top_realm: name(
      'The realm of a path that names none, or root. Default: the only realm, if there is just ' +
        'one; none otherwise.',
    ).optional(),
    cookie_name: name(
      'The cookie, and header, that brings the session token to authorize.',
    ).default('iPlanetDirectoryPro'),
    cookie_dialect: name(
      'The dialect whose session token the cookie gets from a sign-in here, so that its clients ' +
        'know it as well; one of our own where that dialect is off. Default: forgerock.',
    ).default('forgerock'),
    scope_descriptions: z
      .record(
        scope,
        z
          .strictObject({ en: text('In English.'), ar: text('In Arabic.').optional() })
          .describe('What an application with the scope can do, such as "read your messages".'),
      )
      .describe('The words that people are asked with, by scope. Default: the scope itself.')
      .default({}),
    secure_cookie: z
      .boolean()
      .describe('Mark cookies Secure over plain HTTP as well; over https they always are.')
      .default(false),
    same_site: z
      .enum(['Strict', 'Lax', 'None'])
      .describe(
        'The SameSite attribute of the session cookie. None, over https, lets hidden frames on ' +
          'other sites ask who is signed in. Default: Lax.',
      )
      .default('Lax'),
    dpop: z
      .strictObject({
        nonce: z
          .enum(['off', 'on'])
          .describe(
            'Whether proofs must carry a nonce of this server, which costs clients a second ' +
              'call now and then, and makes proofs that were made in advance useless. Default: off.',
          )
          .default('off'),
      })
      .describe('Proofs that the sender of a token holds its key (RFC 9449).')
      .prefault({}),
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
    device_code_life: duration('How long a device waits for its person (RFC 8628). Default: 5m.', {
      from: '30s',
      to: '30m',
    }).prefault('5m'),
    device_interval: duration('How long a device waits between two questions. Default: 5s.', {
      from: '1s',
      to: '1m',
    }).prefault('5s'),
    refresh_idle: duration(
      'How long an offline grant may rest between two renewals. Default: 7d.',
      { from: '1m', to: '3650d' },
    ).prefault('7d'),
    refresh_life: tokenLife(
      'The absolute end of every grant, from its beginning (RFC 9700, 4.14.2). Default: 90d.',
      { from: '1m', to: '3650d' },
    ).prefault('90d'),
  })
  .refine(
    (it) => it.clients.every((one) => (one.retry_cap ?? 0) < it.access_token_life || isBound(one)),
    {
      message: 'the retry_cap of an unbound client must be shorter than access_token_life',
      path: ['clients'],
    },
  )
  .refine((it) => areUnique(it.clients.map((one) => `${one.realm} ${one.client_id}`)), {
    message: 'one client_id is registered twice in a realm',
    path: ['clients'],
  });

export type Config = z.output<typeof schema>;
export type ClientConfig = Config['clients'][number];

interface Proofs {
  readonly client_secret?: string | undefined;
  readonly client_secret_hash?: string | undefined;
  readonly jwks?: object | undefined;
  readonly tls_client_auth_subject_dn?: string | undefined;
  readonly tls_client_certificate_sha256?: readonly string[] | undefined;
}

function proofs(it: Proofs): number {
  const all = [
    ...[it.client_secret, it.client_secret_hash, it.jwks],
    ...[it.tls_client_auth_subject_dn, it.tls_client_certificate_sha256],
  ];
  return all.filter((one) => one !== undefined).length;
}

/** Whether a client has what its method needs. */
function isAble(
  it: Proofs & { readonly token_endpoint_auth_method?: AuthenticationMethod | undefined },
): boolean {
  switch (it.token_endpoint_auth_method) {
    case 'private_key_jwt':
      return it.jwks !== undefined;
    case 'client_secret_jwt':
      // OpenID Connect Core 1.0, section 16.19: as long as the hash of HS256 at least.
      return it.client_secret !== undefined && Buffer.byteLength(it.client_secret) >= 32;
    case 'tls_client_auth':
      return (it.tls_client_auth_subject_dn ?? it.tls_client_certificate_sha256) !== undefined;
    case 'self_signed_tls_client_auth':
      return it.tls_client_certificate_sha256 !== undefined;
    default:
      return it.client_secret !== undefined || it.client_secret_hash !== undefined;
  }
}

/** Whether its refresh tokens are of no use to a thief. */
function isBound(it: {
  readonly public: boolean;
  readonly dpop_bound_access_tokens: boolean;
  readonly tls_client_certificate_bound_access_tokens: boolean;
}): boolean {
  const { dpop_bound_access_tokens, tls_client_certificate_bound_access_tokens } = it;
  return !it.public || dpop_bound_access_tokens || tls_client_certificate_bound_access_tokens;
}

function isStrong(jwk: Readonly<Record<string, unknown>>): boolean {
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: jwk, format: 'jwk' });
    return (asymmetricKeyDetails?.modulusLength ?? 2048) >= 2048;
  } catch {
    return false;
  }
}

function areUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
