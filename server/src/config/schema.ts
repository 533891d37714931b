/**
 * The options of the server, each with what it does and its default.
 */

import path from 'node:path';
import { z } from 'zod';
import { realms } from './realm.ts';
import {
  count,
  duration,
  network,
  type OptionsSchema,
  origin,
  secret,
  size,
  text,
} from './values.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;

const listen = z
  .strictObject({
    host: text('The address to listen on. Default: 127.0.0.1, this machine alone.').default(
      '127.0.0.1',
    ),
    port: count('The port; 0 takes a free one. Default: 8080.', 0, 65_535).default(8080),
  })
  .describe('Where requests come in.');

const STORES = ['level', 'memory', 'postgres'] as const;

/** Of what only a postgres store has. */
const POSTGRES_DEFAULTS = {
  pool: 6,
  statement_timeout: 5_000,
  lock_timeout: 3_000,
  connect_timeout: 5_000,
  migrate: 'new',
} as const;

/** A start reads nothing relative to itself here: secrets are mounted at places of their own. */
const absolutePath = (doc: string) =>
  text(doc).refine(path.isAbsolute, 'an absolute path, such as /run/secrets/postgres-url');

const store = z
  .strictObject({
    type: z
      .enum(STORES)
      .describe(
        'level keeps sessions on disk, for one process; postgres in a database, for many; memory ' +
          'forgets all at the stop. Default: level.',
      )
      .default('level'),
    url: secret(
      'postgres: where the database is, postgres://user:password@host:port/database. ' +
        'LAMPLIGHTER_POSTGRES_URL comes before it.',
    ).optional(),
    url_file: absolutePath(
      'postgres: a file that holds such a URL, instead of url; an absolute path.',
    ).optional(),
    tls: z
      .enum(['verify', 'off'])
      .describe(
        'postgres: whether to ask for TLS and a certificate that is good for the host. Default: ' +
          'verify, and off for this machine.',
      )
      .optional(),
    tls_ca_file: absolutePath(
      'postgres: the certificates (PEM) to trust, an absolute path. Default: the usual ones.',
    ).optional(),
    pool: count('postgres: connections at most. Default: 6.', 1, 100).optional(),
    statement_timeout: duration('postgres: how long a statement may take. Default: 5s.', {
      from: '100ms',
      to: '1m',
    }).optional(),
    lock_timeout: duration(
      'postgres: how long to wait for a row that somebody else has locked. Default: 3s.',
      { from: '10ms', to: '1m' },
    ).optional(),
    connect_timeout: duration('postgres: how long to wait for a connection. Default: 5s.', {
      from: '100ms',
      to: '1m',
    }).optional(),
    migrate: z
      .enum(['new', 'auto'])
      .describe(
        'postgres: when a start may change the schema. new: where the database is empty; auto: ' +
          'also to bring an older one up to date. Default: new.',
      )
      .optional(),
  })
  .superRefine(({ type, ...options }, found) => {
    if (type === 'postgres') {
      const { statement_timeout: whole, lock_timeout: part } = { ...POSTGRES_DEFAULTS, ...options };
      if (options.url !== undefined && options.url_file !== undefined) {
        found.addIssue({ code: 'custom', path: ['url_file'], message: 'url is there already' });
      }
      // Else the whole group would wait for what one of its commits waits for.
      if (part >= whole) {
        const message = 'must be shorter than statement_timeout';
        found.addIssue({ code: 'custom', path: ['lock_timeout'], message });
      }
      return;
    }
    for (const name of Object.keys(options)) {
      const message = `is for type: postgres, and this store is ${type}`;
      found.addIssue({ code: 'custom', path: [name], message });
    }
  })
  .transform((options) =>
    options.type === 'postgres' ? { ...POSTGRES_DEFAULTS, ...options } : options,
  )
  .describe('Where sessions are kept.');

const log = z
  .strictObject({
    level: z
      .enum(LOG_LEVELS)
      .describe('The least important lines to write, to standard error. Default: info.')
      .default('info'),
  })
  .describe('The log.');

const limits = z
  .strictObject({
    body: size('The longest body of a request. Default: 64KiB.', {
      from: '1KiB',
      to: '1MiB',
    }).prefault('64KiB'),
    headers: size('The longest request line and headers together. Default: 32KiB.', {
      from: '4KiB',
      to: '96KiB',
    }).prefault('32KiB'),
    request_time: duration('How long a request may take to arrive. Default: 30s.', {
      from: '1s',
      to: '5m',
    }).prefault('30s'),
    keep_alive: duration('How long a connection may rest between requests. Default: 65s.', {
      from: '1s',
      to: '1h',
    }).prefault('65s'),
    in_flight: count(
      'Requests at once; one more is told to try again. Default: 1000.',
      1,
      100_000,
    ).default(1000),
  })
  .describe('What a client can ask of the server.');

const cors = z
  .strictObject({
    origins: z
      .array(origin('An origin, such as https://app.example.'))
      .max(1000)
      .describe('The origins whose pages may call, cookies included. Default: none.')
      .default([]),
  })
  .describe('What browsers are told of pages that come from elsewhere (CORS).');

const keys = z
  .strictObject({
    signing_algorithm: z
      .enum(['ES256', 'EdDSA', 'RS256'])
      .describe('Of signing keys that are made from now on. Default: ES256.')
      .default('ES256'),
  })
  .describe('The keys that sign and derive tokens.');

const passwordHashing = z
  .strictObject({
    memory: size('Memory for one password. Default: 19MiB.', {
      from: '8KiB',
      to: '1024MiB',
    }).prefault('19MiB'),
    passes: count('Passes over that memory. Default: 2.', 1, 100).default(2),
    lanes: count('Lanes of one hash. Default: 1.', 1, 16).default(1),
    at_once: count('Hashes at once; further ones wait. Default: 3.', 1, 64).default(3),
  })
  .describe('Argon2id. The defaults are those of the OWASP Password Storage Cheat Sheet.');

const core = {
  listen: listen.prefault({}),
  demo: z
    .boolean()
    .describe(
      'Whether the secrets of this file are known to all: then it listens on this machine alone. ' +
        'Default: false.',
    )
    .default(false),
  data: text(
    'The directory for everything that is kept, relative to this file. Default: data, in the ' +
      'directory that the server is started in.',
  ).optional(),
  root_secret_file: text(
    'Holds the secret that seals the keys: hex or base64 of 32 bytes or more, relative to this ' +
      'file. LAMPLIGHTER_ROOT_SECRET comes before it. Default: root.secret in the data ' +
      'directory, made at the first start.',
  ).optional(),
  store: store.prefault({}),
  log: log.prefault({}),
  limits: limits.prefault({}),
  trusted_proxies: z
    .array(network('A proxy, or a network of proxies.'))
    .describe('Whose X-Forwarded headers are believed. Default: none.')
    .default([]),
  client_certificate_header: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'the name of a header, such as Client-Cert')
    .describe(
      'The header in which the trusted proxies hand on the certificate that a client showed them ' +
        'over TLS, as RFC 9440 writes it. They must take away what clients send there themselves. ' +
        'Default: none.',
    )
    .optional(),
  cors: cors.prefault({}),
  sweep: duration('How often the sessions whose time has come are ended. Default: 30s.', {
    from: '100ms',
    to: '1h',
  }).prefault('30s'),
  keys: keys.prefault({}),
  password_hashing: passwordHashing.prefault({}),
  realms,
};

/** The dialect that the command line and the console use: on unless it is told otherwise. */
const ALWAYS_ON = 'native';

/**
 * The schema of each dialect's options where a file leaves them out: undefined for one that is off.
 * @param dialects The schema of each dialect's options, by the dialect's name.
 */
export function dialectOptions(
  dialects: Readonly<Record<string, OptionsSchema>>,
): Readonly<Record<string, OptionsSchema>> {
  return Object.fromEntries(
    Object.entries(dialects).map(([name, schema]) => [
      name,
      name === ALWAYS_ON ? schema.prefault({}) : instancesOf(schema).optional(),
    ]),
  );
}

/** One dialect, or a list of them where the request's host can tell which of them is meant. */
function instancesOf(schema: OptionsSchema): OptionsSchema {
  if (!(schema instanceof z.ZodObject) || !('hosts' in schema.shape)) return schema;
  const instances = z.array(schema).min(1, 'at least one entry; a dialect that is off is left out');
  return z.union([schema, instances]);
}

/** @param dialects The schema of each dialect's options, by the dialect's name. */
export function configSchema(dialects: Readonly<Record<string, OptionsSchema>>) {
  return z
    .strictObject({
      ...core,
      dialects: z
        .strictObject(dialectOptions(dialects))
        .describe('The protocols to speak. One that is not named is off, native aside.')
        .prefault({}),
    })
    .describe('The configuration of a Lamplighter server.');
}

/** The options as they are read: lengths of time in milliseconds, sizes in bytes. */
export type Options = z.output<ReturnType<typeof configSchema>>;
