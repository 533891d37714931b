/**
 * The composition root: what a server is made of, and how its parts are joined.
 */

import { existsSync, readFileSync } from 'node:fs';
import type { Server } from './cli/command.ts';
import { COMMANDS } from './cli/commands.ts';
import { run } from './cli/run.ts';
import { keepSweeping } from './cli/sweeping.ts';
import { rootSecretFile, storeDirectory } from './config/data-directory.ts';
import { type Environment, readEnvironment } from './config/environment.ts';
import type { Config } from './config/load.ts';
import { longestLife } from './config/print.ts';
import { defaultPolicy, peopleOf, realmsOf } from './config/realms.ts';
import { createDialects, dialectSchemas } from './dialects/registry.ts';
import { DirectoryBusy } from './directory/directory.ts';
import { argon2id } from './directory/local/hashing.ts';
import { openLocalDirectory } from './directory/local/index.ts';
import { createHost } from './host/host.ts';
import { createLogger } from './host/logger.ts';
import { readRootSecret } from './keys/root-secret.ts';
import { openKeyring } from './keys/sealed-keyring.ts';
import { systemClock as clock } from './sessions/clock.ts';
import { createSessions } from './sessions/create-sessions.ts';
import { Contended } from './sessions/execute.ts';
import { systemRandom as random } from './sessions/random.ts';
import { openLevelStore } from './stores/level/index.ts';
import { openMemoryStore } from './stores/memory/index.ts';
import { StoreFault } from './stores/store.ts';

async function start(config: Config, environment: Environment): Promise<Server> {
  await using parts = new AsyncDisposableStack();
  const logger = createLogger(config.log.level);
  const rootSecret = await readSecret(config, environment);
  const store = parts.adopt(await openStore(config), (it) => it.close());
  const keyring = await openKeyring({
    store,
    rootSecret,
    now: clock.now,
    random: random.bytes,
    signingAlgorithm: config.keys.signing_algorithm,
    tokenLifeMs: longestLife(config, dialectSchemas),
  });
  const { memory, at_once: hashesAtOnce, ...cost } = config.password_hashing;
  const hashing = argon2id({ ...cost, memoryKib: Math.ceil(memory / 1024) });
  const directory = openLocalDirectory({ store, hashing, hashesAtOnce });
  await directory.seed(peopleOf(config));
  const sessions = createSessions({
    store,
    keyring,
    clock,
    random,
    realms: realmsOf(config),
    fallback: defaultPolicy(),
    publish: (event) => logger.info(event),
  });
  const services = { sessions, directory, keyring, clock, random };
  const dialects = createDialects(services, config.dialects);
  const onFault = (err: unknown) => logger.warn({ err }, 'the sweep will try again');
  parts.use(keepSweeping({ sessions, clock, intervalMs: config.sweep, onFault }));
  const host = createHost({
    listen: config.listen,
    limits: config.limits,
    trustedProxies: config.trusted_proxies,
    dialects,
    logger,
    clock,
    random,
    isBusy,
    probe: () => store.read(['probe']),
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

/** The first start of an embedded store makes the secret; a later one must find it. */
function readSecret({ data, store, root_secret_file: file }: Config, environment: Environment) {
  const forgetful = store.type === 'memory' && file === undefined;
  return readRootSecret({
    text: environment.rootSecret ?? (forgetful ? random.bytes(32).toString('hex') : undefined),
    file: file ?? rootSecretFile(data),
    create: file === undefined && !existsSync(storeDirectory(data)),
    random: random.bytes,
  });
}

function openStore({ data, store }: Config) {
  if (store.type === 'memory') return openMemoryStore();
  return openLevelStore({ directory: storeDirectory(data) });
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof StoreFault || error instanceof Contended || error instanceof DirectoryBusy
  );
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const environment = readEnvironment();
process.exitCode = await run(process.argv.slice(2), COMMANDS, {
  version,
  environment,
  dialectSchemas,
  print: (text) => void process.stdout.write(text),
  start: (config) => start(config, environment),
});
