/**
 * The composition root: what a server is made of, and how its parts are joined.
 */

import { readFileSync } from 'node:fs';
import type { Server } from './cli/command.ts';
import { COMMANDS } from './cli/commands.ts';
import { createMigrate } from './cli/migrate.ts';
import { run } from './cli/run.ts';
import { printTo } from './cli/terminal/terminal.ts';
import {
  databaseUrl,
  holdDirectory,
  rootSecretSource,
  storeDirectory,
} from './config/data-directory.ts';
import { readEnvironment } from './config/environment.ts';
import type { Config } from './config/load.ts';
import { defaultPolicy, lockoutOf, passwordAgeOf, peopleOf, realmsOf } from './config/realms.ts';
import { longestTokenLife } from './config/token-life.ts';
import type { CodeNotice } from './dialects/dialect.ts';
import { openPeers } from './dialects/peers.ts';
import { createDialects, dialectSchemas } from './dialects/registry.ts';
import { createAttempts } from './directory/attempts.ts';
import { DirectoryBusy } from './directory/directory.ts';
import { guard } from './directory/guarded.ts';
import { argon2id } from './directory/local/hashing.ts';
import { openLocalDirectory } from './directory/local/index.ts';
import { createHost } from './host/host.ts';
import { createLogger } from './host/logger.ts';
import { createOutbound } from './host/outbound.ts';
import { readRootSecret } from './keys/root-secret.ts';
import { openKeyring } from './keys/sealed-keyring.ts';
import { systemClock as clock } from './sessions/clock.ts';
import { createSessions } from './sessions/create-sessions.ts';
import { Contended } from './sessions/execute.ts';
import { keepSweeping } from './sessions/keep-sweeping.ts';
import { createOnce } from './sessions/once.ts';
import { createPending } from './sessions/pending.ts';
import { systemRandom as random } from './sessions/random.ts';
import { upgradeRecords } from './sessions/upgrade.ts';
import { openLevelStore } from './stores/level/index.ts';
import { openMemoryStore } from './stores/memory/index.ts';
import {
  type ConnectionSettings,
  migratePostgres,
  openPostgresStore,
} from './stores/postgres/index.ts';
import { type Store, StoreFault } from './stores/store.ts';

const environment = readEnvironment();

async function start(config: Config): Promise<Server> {
  await using parts = new AsyncDisposableStack();
  const logger = createLogger(config.log.level);

  // Before the store: the first start, which makes the secret, is known by there being none.
  const secret = rootSecretSource(config, environment.rootSecret);
  const rootSecret = secret.isForgotten
    ? random.bytes(32)
    : await readRootSecret({ ...secret, random: random.bytes });
  const store = parts.adopt(await openStore(config), (it) => it.close());
  const held =
    config.store.type === 'level'
      ? parts.adopt(await holdDirectory(storeDirectory(config.data)), (it) => it.close())
      : undefined;
  const keyring = await openKeyring({
    store,
    rootSecret,
    now: clock.now,
    random: random.bytes,
    signingAlgorithm: config.keys.signing_algorithm,
    tokenLifeMs: longestTokenLife(config, dialectSchemas),
  });

  if (keyring.isNew && !secret.create && !secret.isForgotten) {
    logger.warn('the store was empty: unless this is its first start, everybody is signed out');
  }

  const onUpgrade = () => logger.info('an earlier version wrote this store: it is brought to ours');
  await upgradeRecords(store, onUpgrade);

  const { at_once: hashesAtOnce, ...cost } = config.password_hashing;
  const people = openLocalDirectory({
    store,
    hashing: argon2id(cost),
    hashesAtOnce,
    now: clock.now,
    passwordAge: passwordAgeOf(config),
  });
  await people.seed(peopleOf(config));
  const attempts = createAttempts({
    now: clock.now,
    lockout: lockoutOf(config),
    onLock: (lock) => logger.warn({ event: 'login_locked', ...lock }, 'too many wrong guesses'),
  });
  const directory = guard(people, attempts);

  const peers = openPeers();
  const sessions = createSessions({
    store,
    keyring,
    clock,
    random,
    realms: realmsOf(config),
    fallback: defaultPolicy(),
    publish: (event) => logger.info(event),
    tell: peers.tell,
  });
  parts.defer(() => sessions.close());
  const onFault = (err: unknown) => logger.warn({ err }, 'the sweep will try again');
  parts.use(keepSweeping({ sessions, clock, intervalMs: config.sweep, onFault }));

  const once = createOnce(store);
  const pending = createPending({ store, clock });
  const outbound = createOutbound({ clock });
  const showCode = config.demo ? (notice: CodeNotice) => logger.info(notice) : undefined;
  const services = {
    sessions,
    directory,
    attempts,
    keyring,
    clock,
    random,
    once,
    pending,
    outbound,
    showCode,
  };
  const host = createHost({
    listen: config.listen,
    limits: config.limits,
    trustedProxies: config.trusted_proxies,
    certificateHeader: config.client_certificate_header,
    cors: config.cors,
    dialects: createDialects(services, config.dialects, peers),
    logger,
    clock,
    random,
    isBusy: (error) => TRY_AGAIN.some((kind) => error instanceof kind),
    async probe() {
      await store.read(['probe']);
      await held?.check();
    },
  });
  const url = await parts.adopt(host, (it) => it.close()).listen();
  logger.info({ url, store: store.facts.name, data: config.data, demo: config.demo }, 'ready');

  const owned = parts.move();
  return {
    url,
    fail: (error) => logger.fatal({ err: error }, 'cannot go on'),
    async close() {
      logger.info('stopping');
      await owned.disposeAsync();
      logger.info('stopped');
    },
  };
}

/** What is no bug, and may work in a moment. */
const TRY_AGAIN = [StoreFault, Contended, DirectoryBusy];

async function openStore(config: Config): Promise<Store> {
  const { data, store } = config;
  if (store.type === 'memory') return openMemoryStore();
  if (store.type === 'level') return openLevelStore({ directory: storeDirectory(data) });
  return openPostgresStore({ ...(await postgresSettings(config)), migrate: store.migrate });
}

/** @throws StoreFault where nobody says which database. */
async function postgresSettings(config: Config): Promise<ConnectionSettings> {
  const { store } = config;
  const url = await databaseUrl(config, environment.databaseUrl);
  if (url === undefined) {
    throw new StoreFault('store: postgres needs url, url_file, or LAMPLIGHTER_POSTGRES_URL');
  }
  return {
    url,
    tls: store.tls,
    tlsCaFile: store.tls_ca_file,
    pool: store.pool,
    statementTimeoutMs: store.statement_timeout,
    lockTimeoutMs: store.lock_timeout,
    connectTimeoutMs: store.connect_timeout,
    now: clock.now,
    random: () => random.bytes(4).readUInt32BE() / 2 ** 32,
  };
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const migrate = createMigrate(async (config, dryRun) =>
  migratePostgres(await postgresSettings(config), dryRun),
);
process.exitCode = await run(process.argv.slice(2), [...COMMANDS, migrate], {
  version,
  environment,
  dialectSchemas,
  print: printTo(process.stdout),
  start,
});
