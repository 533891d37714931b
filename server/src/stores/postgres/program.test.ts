/** The real program over PostgreSQL: it migrates, starts, survives, and says what is wrong. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startOwnPostgres } from './postgres.testing.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));

const server = await startOwnPostgres();
after(() => server.stop());

test('two nodes share a database, and come back by themselves after it was killed', async (context) => {
  const url = await server.createDatabase();
  const setting = await setUp(context, { LAMPLIGHTER_POSTGRES_URL: url });
  const nodes = [await serve(context, setting), await serve(context, setting)];
  for (const node of nodes) assert.equal(await statusOf(node, '/readyz'), 200);
  await server.kill();
  for (const node of nodes) {
    await until(async () => (await statusOf(node, '/readyz')) === 503);
    assert.equal(await statusOf(node, '/healthz'), 200);
  }
  await server.start();
  for (const node of nodes) await until(async () => (await statusOf(node, '/readyz')) === 200);
  for (const { child } of nodes) {
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    assert.equal(code, 0);
  }
  const password = new URL(url).password;
  for (const { said } of nodes) assert.ok(!said().includes(password), 'the log has the password');
  // Nothing but the config: everything that is kept is in the database.
  assert.deepEqual(await readdir(setting.folder), ['lamplighter.yaml']);
});

test('migrate prints the SQL, runs it, and knows when it has', async (context) => {
  const url = await server.createDatabase();
  const setting = await setUp(context, { LAMPLIGHTER_POSTGRES_URL: url });
  const dry = await run(['migrate', '--dry-run', '--config', setting.config], setting);
  assert.match(dry.out, /^-- version 1, rows\nCREATE TABLE lamplighter_rows/);
  const done = await run(['migrate', '--config', setting.config], setting);
  assert.deepEqual([done.code, done.out], [0, 'Done: version 1, rows.\n']);
  const again = await run(['migrate', '--config', setting.config], setting);
  assert.deepEqual([again.code, again.out], [0, 'The schema is the newest already.\n']);
});

test('what is wrong is said in a line, with an exit code and without the password', async (context) => {
  const url = await server.createDatabase();
  const wrongPassword = Object.assign(new URL(url), { password: 'tops3cret' }).href;
  const cases: [Readonly<Record<string, string>>, RegExp][] = [
    [{}, /postgres needs url, url_file, or LAMPLIGHTER_POSTGRES_URL/],
    [{ LAMPLIGHTER_POSTGRES_URL: wrongPassword }, /refuses the user or the password/],
    [{ LAMPLIGHTER_POSTGRES_URL: 'tops3cret' }, /the URL of the PostgreSQL store is not one/],
    [{ LAMPLIGHTER_POSTGRES_URL: url, LAMPLIGHTER_ROOT_SECRET: '' }, /There is no root secret at/],
  ];
  for (const [environment, why] of cases) {
    const setting = await setUp(context, environment);
    const { code, err } = await run(['serve', '--config', setting.config], setting);
    assert.equal(code, 1);
    assert.match(err, why);
    assert.ok(!err.includes('tops3cret'));
  }
});

test('a root secret that is not the one of the database is refused', async (context) => {
  const url = await server.createDatabase();
  const first = await setUp(context, { LAMPLIGHTER_POSTGRES_URL: url });
  const node = await serve(context, first);
  node.child.kill('SIGTERM');
  await once(node.child, 'close');
  const other = await setUp(context, { LAMPLIGHTER_POSTGRES_URL: url });
  const { code, err } = await run(['serve', '--config', other.config], other);
  assert.equal(code, 1);
  assert.match(err, /root secret/i);
});

interface Setting {
  readonly folder: string;
  readonly config: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

interface Node {
  readonly child: ChildProcess;
  readonly url: string;
  readonly said: () => string;
}

async function setUp(
  context: TestContext,
  environment: Readonly<Record<string, string>>,
): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), 'lamplighter-program-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, 'lamplighter.yaml');
  await writeFile(
    config,
    'listen: { port: 0 }\nstore: { type: postgres }\nrealms: { alpha: {} }\ndata: data\n',
  );
  const LAMPLIGHTER_ROOT_SECRET = randomBytes(32).toString('hex');
  return { folder, config, environment: { LAMPLIGHTER_ROOT_SECRET, ...environment } };
}

function start(words: readonly string[], { environment }: Setting) {
  const env = { PATH: process.env.PATH, ...environment };
  return spawn(process.execPath, [MAIN, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(words: readonly string[], setting: Setting) {
  const child = start(words, setting);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

async function serve(context: TestContext, setting: Setting): Promise<Node> {
  const child = start(['serve', '--config', setting.config], setting);
  context.after(() => child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  await until(async () => out.includes('\n') || child.exitCode !== null);
  const [, url] = /^ready (\S+)\n/.exec(out) ?? [];
  assert.ok(url, err);
  return { child, url, said: () => out + err };
}

async function statusOf(node: Node, path: string): Promise<number> {
  const response = await fetch(node.url + path);
  await response.body?.cancel();
  return response.status;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; !(await isSo()); attempt++) {
    assert.ok(attempt < 600, 'it did not come to that within 30 s');
    await setTimeout(50);
  }
}
