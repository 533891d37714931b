/** The schema's life: made where there is nothing, brought forward when told to, never back. */
import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { ABSENT, StoreFault } from '../store.ts';
import { Connections } from './connections.ts';
import { migratePostgres, openPostgresStore, type PostgresStoreOptions } from './index.ts';
import type { Migration } from './migration.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { startPostgres } from './postgres.testing.ts';
import { findSchema, migrateSchema, pendingOf } from './schema.ts';

const server = await startPostgres();
after(() => server.stop());

const NEWEST = MIGRATIONS.length;

/** A schema with a longer life than ours has had. */
const THREE: readonly Migration[] = [
  { version: 1, name: 'one', sql: 'CREATE TABLE one (n int); INSERT INTO one VALUES (1)' },
  { version: 2, name: 'two', sql: 'UPDATE one SET n = n * 10' },
  { version: 3, name: 'three', sql: 'UPDATE one SET n = n + 3' },
];

test('migrations are numbered from 1, without a gap', () => {
  assert.deepEqual(
    MIGRATIONS.map(({ version }) => version),
    MIGRATIONS.map((_, at) => at + 1),
  );
});

test('a start makes the schema in a database that is empty, and the next start finds it', async () => {
  const url = await server.createDatabase();
  await assertWorks(url);
  assert.equal(await schemaVersion(url), NEWEST);
  const store = await open(url);
  assert.equal((await store.read(['a']))[0]?.version, 1);
  await store.close();
});

test('a start leaves a database alone that has tables of somebody else', async () => {
  const url = await server.createDatabase();
  await server.query(url, 'CREATE TABLE theirs (n int)');
  await assert.rejects(open(url), /has tables, and none of this program: run lamplighter migrate/);
  const [found] = await server.query(url, "SELECT to_regclass('lamplighter_schema') AS ours");
  assert.equal(found?.ours, null);
  await (await open(url, { migrate: 'auto' })).close();
  assert.equal(await schemaVersion(url), NEWEST);
});

test('from every version a database comes to the newest one, with its rows', async () => {
  for (let version = 0; version <= NEWEST; version++) {
    const url = await server.createDatabase();
    const released = MIGRATIONS.slice(0, version);
    await withConnections(url, (connections) => migrateSchema(connections, released));
    assert.equal(await schemaVersion(url), version);
    const sql = "INSERT INTO lamplighter_rows VALUES ('old', 7, 'kept', 's', 'd')";
    if (version > 0) await server.query(url, sql);
    if (version < NEWEST) {
      await assert.rejects(open(url), /needs \d+: run lamplighter migrate/);
    }
    const done = await migratePostgres(settings(url), false);
    assert.deepEqual(done, MIGRATIONS.slice(version));
    const store = await open(url);
    const [row] = await store.read(['old']);
    const expected = { key: 'old', version: 7, value: 'kept', indexes: { subject: 's', due: 'd' } };
    assert.deepEqual(row, version > 0 ? expected : undefined);
    await store.close();
    await assertWorks(url);
  }
});

test('an older schema stops a start, unless it may migrate by itself', async () => {
  const url = await server.createDatabase();
  await withConnections(url, (connections) => migrateSchema(connections, []));
  assert.equal(await schemaVersion(url), 0);
  await assert.rejects(open(url), /has schema version 0, and this program needs \d+/);
  await (await open(url, { migrate: 'auto' })).close();
  assert.equal(await schemaVersion(url), NEWEST);
});

test('a newer schema stops a start and a migration, whatever is allowed', async () => {
  const url = await server.createDatabase();
  await (await open(url)).close();
  await server.query(url, `UPDATE lamplighter_schema SET version = ${NEWEST + 1}`);
  const newer = /written by a newer program; this one knows/;
  await assert.rejects(open(url), newer);
  await assert.rejects(open(url, { migrate: 'auto' }), newer);
  await assert.rejects(migratePostgres(settings(url), false), newer);
  await assert.rejects(migratePostgres(settings(url), true), newer);
});

test('a dry run says what would be done, and does nothing', async () => {
  const url = await server.createDatabase();
  assert.deepEqual(await migratePostgres(settings(url), true), MIGRATIONS);
  const sql = `SELECT FROM information_schema.tables WHERE table_schema = 'public'`;
  assert.deepEqual(await server.query(url, sql), []);
});

test('processes that migrate at once do it once', async () => {
  const url = await server.createDatabase();
  const done = await Promise.all(
    Array.from({ length: 6 }, () =>
      withConnections(url, (connections) => migrateSchema(connections, THREE)),
    ),
  );
  assert.equal(done.flat().length, 3);
  assert.deepEqual(await server.query(url, 'SELECT n FROM one'), [{ n: 13 }]);
  assert.equal(await schemaVersion(url), 3);
});

test('processes that start at once on an empty database all serve', async () => {
  const url = await server.createDatabase();
  const stores = await Promise.all(Array.from({ length: 6 }, () => open(url)));
  const results = await Promise.all(stores.map((store) => store.commit([put('a')])));
  assert.equal(results.filter((result) => result === 'committed').length, 1);
  await Promise.all(stores.map((store) => store.close()));
});

test('a migration that fails changes nothing, those before it included', async () => {
  const url = await server.createDatabase();
  const broken = [...THREE, { version: 4, name: 'four', sql: 'UPDATE nowhere SET n = 1' }];
  await withConnections(url, async (connections) => {
    await migrateSchema(connections, THREE.slice(0, 1));
    await assert.rejects(migrateSchema(connections, broken), StoreFault);
    assert.equal(await findSchema(connections), 1);
    assert.deepEqual(
      pendingOf(connections, 1, THREE).map(({ name }) => name),
      ['two', 'three'],
    );
  });
  assert.deepEqual(await server.query(url, 'SELECT n FROM one'), [{ n: 1 }]);
});

test('no user may migrate who may not make tables, and the message says so', async (context) => {
  const url = await server.createDatabase();
  const limited = await limitedUser(context, url);
  await assert.rejects(open(limited), /does not permit that to this user/);
});

function settings(url: string) {
  return { url, now: Date.now, random: Math.random };
}

function open(url: string, options: Partial<PostgresStoreOptions> = {}) {
  return openPostgresStore({ ...settings(url), ...options });
}

async function withConnections<T>(url: string, work: (it: Connections) => Promise<T>): Promise<T> {
  const connections = await Connections.of(settings(url));
  try {
    return await work(connections);
  } finally {
    await connections.close();
  }
}

async function schemaVersion(url: string): Promise<unknown> {
  const [row] = await server.query(url, 'SELECT version FROM lamplighter_schema');
  return row?.version;
}

async function assertWorks(url: string): Promise<void> {
  const store = await open(url);
  assert.equal(await store.commit([put('a')]), 'committed');
  const due = await store.list('due', { from: '1', to: '1', limit: 5 });
  assert.deepEqual(due, [{ at: '1', key: 'a' }]);
  await store.close();
}

/** The URL of somebody who can do nothing but connect. */
async function limitedUser(context: TestContext, url: string): Promise<string> {
  const name = `limited_${new URL(url).pathname.slice(-12)}`;
  await server.query(url, `CREATE ROLE ${name} LOGIN PASSWORD 'limited-1'`);
  context.after(() => server.query(url, `DROP ROLE ${name}`));
  return Object.assign(new URL(url), { username: name, password: 'limited-1' }).href;
}

function put(key: string) {
  const indexes = { subject: null, due: '1' };
  return { type: 'put', key, saw: ABSENT, value: '', indexes } as const;
}
