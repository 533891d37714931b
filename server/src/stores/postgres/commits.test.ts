/** Commits of several processes at once, and commits that share a group: none harms another. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, type TestContext, test } from 'node:test';
import { Client } from 'pg';
import { ABSENT, type Store, StoreFault, type Write } from '../store.ts';
import { type GroupReport, openPostgresStore, type PostgresStoreOptions } from './index.ts';
import { startPostgres } from './postgres.testing.ts';
import { startProxy } from './proxy.testing.ts';

const server = await startPostgres();
after(() => server.stop());

test('of commits on one row by two processes one wins, and the loser can read it', async (context) => {
  const { stores } = await setUp(context, 2);
  for (let saw = 0; saw < 60; saw++) {
    const told = await Promise.all(
      [0, 1, 2, 3].map(async (which) => {
        const store = at(stores, which % 2);
        const result = await store.commit([put('a', saw, `${saw} by ${which}`)]);
        const [row] = await store.read(['a']);
        assert.equal(row?.version, saw + 1, `${result} was told before the winner could be read`);
        return { result, value: row.value, mine: `${saw} by ${which}` };
      }),
    );
    const winners = told.filter(({ result }) => result === 'committed');
    assert.equal(winners.length, 1);
    for (const { value } of told) assert.equal(value, winners[0]?.mine);
  }
});

test('processes that cross each other on several rows never wait for each other', async (context) => {
  const { stores, url } = await setUp(context, 3);
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  await Promise.all(
    Array.from({ length: 12 }, async (_, which) => {
      const store = at(stores, which % 3);
      for (let round = 0; round < 25; round++) {
        // Rows that are there and rows that are new, in every order.
        const some = keys.filter((_, at) => (which + round + at) % 3 > 0);
        const own = [`0 ${which} ${round}`, `z ${which % 2} ${round}`];
        await increment(store, [...(which % 2 ? some : some.toReversed()), ...own]);
      }
    }),
  );
  const rows = await at(stores, 0).read(keys);
  const sum = rows.reduce((total, row) => total + Number(row?.value), 0);
  assert.equal(sum, 12 * 25 * 4);
  assert.equal(await deadlocks(url), 0);
  assert.deepEqual(await leftovers(url), []);
});

test('of processes that make the same rows at once, in any order, one wins whole', async (context) => {
  const { stores, url } = await setUp(context, 2);
  for (let round = 0; round < 60; round++) {
    const keys = Array.from({ length: 12 }, (_, which) => `${(which * 7) % 12} ${round}`);
    const results = await Promise.all([
      at(stores, 0).commit(keys.map((key) => put(key, ABSENT, 'first'))),
      at(stores, 1).commit(keys.toReversed().map((key) => put(key, ABSENT, 'second'))),
    ]);
    assert.deepEqual(results.toSorted(), ['committed', 'conflict']);
    const rows = await at(stores, round % 2).read(keys);
    const winner = results[0] === 'committed' ? 'first' : 'second';
    assert.deepEqual(new Set(rows.map((row) => row?.value)), new Set([winner]));
  }
  assert.equal(await deadlocks(url), 0);
});

test('commits of two processes that check what the other makes are not both committed', async (context) => {
  const { stores, url } = await setUp(context, 2);
  for (let round = 0; round < 60; round++) {
    const saw = round % 2;
    const [a, b] = [`a ${round >> 1}`, `b ${round >> 1}`];
    const results = await Promise.all([
      at(stores, 0).commit([check(a, saw), put(b, saw, 'second')]),
      at(stores, 1).commit([put(a, saw, 'first'), check(b, saw)]),
    ]);
    assert.deepEqual(results.toSorted(), ['committed', 'conflict']);
    const loser = results[0] === 'conflict' ? b : a;
    assert.equal(await at(stores, 0).commit([put(loser, saw, 'later')]), 'committed');
  }
  assert.equal(await deadlocks(url), 0);
  assert.deepEqual(await leftovers(url), []);
});

test('a row that is made, removed and made again by two processes is never made twice', async (context) => {
  const { stores } = await setUp(context, 2);
  let [made, removed] = [0, 0];
  await Promise.all(
    [0, 1, 2, 3].map(async (which) => {
      const store = at(stores, which % 2);
      for (let round = 0; round < 60; round++) {
        const [row] = await store.read(['a']);
        const write = row ? remove('a', row.version) : put('a', ABSENT, `by ${which}`);
        if ((await store.commit([write])) === 'conflict') continue;
        if (row) removed++;
        else made++;
      }
    }),
  );
  const [row] = await at(stores, 0).read(['a']);
  assert.ok(made > 20);
  assert.equal(made - removed, row ? 1 : 0);
});

test('a commit that the server cannot hold harms none of its group', async (context) => {
  const { stores, reports } = await setUp(context, 1, { pool: 1 });
  const store = at(stores, 0);
  const tooLong = randomBytes(8_000).toString('base64');
  const told = await Promise.allSettled([
    store.commit([put('a', ABSENT, 'good')]),
    store.commit([put('b', ABSENT, 'half'), put(tooLong, ABSENT, 'bad')]),
    store.commit([put('c', ABSENT, 'good')]),
    store.commit([put('a', ABSENT, 'late')]),
  ]);
  const [a, b, c, late] = told;
  assert.deepEqual(a, { status: 'fulfilled', value: 'committed' });
  assert.ok(b.status === 'rejected' && b.reason instanceof StoreFault);
  assert.match(b.reason.message, /whose key is that long/);
  assert.deepEqual(c, { status: 'fulfilled', value: 'committed' });
  assert.deepEqual(late, { status: 'fulfilled', value: 'conflict' });
  const rows = await store.read(['a', 'b', 'c']);
  assert.deepEqual(
    rows.map((row) => row?.value),
    ['good', undefined, 'good'],
  );
  assert.deepEqual(reports, [
    { commits: 1, rows: 1 },
    { commits: 1, rows: 1 },
  ]);
});

test('a row that somebody outside has locked holds up its own commit only', async (context) => {
  const { stores, url } = await setUp(context, 1, { pool: 1, lockTimeoutMs: 200 });
  const store = at(stores, 0);
  await store.commit([put('held', ABSENT), put('free', ABSENT)]);
  const outside = new Client({ connectionString: url });
  await outside.connect();
  await outside.query("BEGIN; SELECT FROM lamplighter_rows WHERE key = 'held' FOR UPDATE");
  const [held, free] = await Promise.allSettled([
    store.commit([put('held', 1, 'x')]),
    store.commit([put('free', 1, 'x')]),
  ]);
  assert.ok(held.status === 'rejected' && held.reason instanceof StoreFault);
  assert.match(held.reason.message, /store\.lock_timeout/);
  assert.deepEqual(free, { status: 'fulfilled', value: 'committed' });
  await outside.end();
  assert.equal(await store.commit([put('held', 1, 'x')]), 'committed');
});

test('commits of one row in turn share a transaction, and the row is written once', async (context) => {
  const { stores, reports } = await setUp(context, 1, { pool: 1 });
  const store = at(stores, 0);
  const writes = [put('a', ABSENT, '1'), put('a', 1, '2'), put('a', 1, 'lost'), put('a', 2, '3')];
  const brief = [put('b', ABSENT), remove('b', 1), check('c', ABSENT)];
  const told = await Promise.all([...writes, ...brief].map((write) => store.commit([write])));
  const won = Array(4).fill('committed');
  assert.deepEqual(told, ['committed', 'committed', 'conflict', ...won]);
  const [a, b] = await store.read(['a', 'b']);
  assert.deepEqual([a?.version, a?.value, b], [3, '3', undefined]);
  // The row of a, and the places of b and c that were held for a moment.
  assert.deepEqual(reports, [{ commits: 6, rows: 3 }]);
});

test('a place that a process has left held is no row, and goes with the next commit', async (context) => {
  const { stores, url } = await setUp(context, 1);
  const store = at(stores, 0);
  await server.query(url, "INSERT INTO lamplighter_rows VALUES ('a', 0, ''), ('b', 0, '')");
  assert.deepEqual(await store.read(['a', 'b']), [undefined, undefined]);
  assert.equal(await store.commit([put('a', 1), check('b', ABSENT)]), 'conflict');
  assert.equal(await store.commit([put('a', ABSENT, 'made'), check('b', ABSENT)]), 'committed');
  const [row] = await store.read(['a']);
  assert.deepEqual([row?.version, row?.value], [1, 'made']);
  assert.deepEqual(await leftovers(url), []);
});

test('a renewal moves no index entry, so that it stays in its page', async (context) => {
  const { stores, url } = await setUp(context, 1);
  const store = at(stores, 0);
  const keys = Array.from({ length: 50 }, (_, which) => `row ${which}`);
  const indexes = { subject: 'ada', due: '2026' };
  const renew = (saw: number) =>
    Promise.all(
      keys.map((key) =>
        store.commit([{ type: 'put', key, saw, value: 'x'.repeat(600) + saw, indexes }]),
      ),
    );
  for (let saw = 0; saw < 20; saw++) await renew(saw);
  await store.close();
  const sql = `SELECT n_tup_upd::int AS all, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables
    WHERE relname = 'lamplighter_rows'`;
  const [found] = await server.query(url, sql);
  // The first update of each row is the one that gives it its places.
  assert.equal(found?.all, 50 * 20);
  assert.ok(Number(found?.hot) > 50 * 19 * 0.8, `${found?.hot} of ${found?.all} stayed`);
});

test('a pooler in transaction mode may stand between: no names, no state of a session', async (context) => {
  const url = await server.createDatabase();
  const proxy = await startProxy(url);
  context.after(() => proxy.close());
  const store = await openPostgresStore({ url: proxy.url, now: Date.now, random: Math.random });
  context.after(() => store.close());
  await Promise.all(
    Array.from({ length: 40 }, async (_, which) => {
      const key = `row ${which % 10}`;
      const [row] = await store.read([key]);
      await store.commit([put(key, row?.version ?? ABSENT, 'x', 'ada'), check('none', ABSENT)]);
      await store.list('subject', { from: '', to: 'z', limit: 5 });
    }),
  );
  assert.ok(proxy.sent.length > 20);
  assert.deepEqual(new Set(proxy.sent.map(({ name }) => name)), new Set(['']));
  for (let connection = 0; connection < proxy.open; connection++) {
    const statements = proxy.sent.filter((each) => each.connection === connection);
    let isInside = false;
    for (const { sql } of statements) {
      if (/^BEGIN/.test(sql)) {
        assert.ok(!isInside, 'a transaction began inside of another');
        isInside = true;
      } else if (sql === 'COMMIT') {
        assert.ok(isInside, 'nothing was there to commit');
        isInside = false;
      } else if (!isInside) assert.match(sql, /^SELECT/);
      assert.doesNotMatch(sql, /\bSET (?!LOCAL|version)|LISTEN|PREPARE|TEMP|advisory/);
    }
    assert.ok(!isInside, 'a transaction was left open');
  }
});

async function setUp(context: TestContext, processes: number, options: Options = {}) {
  const url = await server.createDatabase();
  const stores: Store[] = [];
  const reports: GroupReport[] = [];
  const onGroup = (report: GroupReport) => reports.push(report);
  const settings = { url, now: Date.now, random: Math.random, onGroup, ...options };
  for (let which = 0; which < processes; which++) stores.push(await openPostgresStore(settings));
  context.after(() => Promise.all(stores.map((store) => store.close())));
  return { url, stores, reports };
}

type Options = Partial<PostgresStoreOptions>;

/** Adds one to each counter in one commit, however often others come between. */
async function increment(store: Store, keys: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const rows = await store.read(keys);
    const writes = keys.map((key, which): Write => {
      const row = rows[which];
      return put(key, row?.version ?? ABSENT, `${Number(row?.value ?? 0) + 1}`);
    });
    if ((await store.commit(writes)) === 'committed') return;
  }
  assert.fail('no increment was committed in 1,000 attempts');
}

async function deadlocks(url: string): Promise<number> {
  const sql = `SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()`;
  const [found] = await server.query(url, sql);
  return Number(found?.deadlocks);
}

/** Places that were held, and neither written nor removed. */
function leftovers(url: string): Promise<unknown[]> {
  return server.query(url, 'SELECT key FROM lamplighter_rows WHERE version < 1');
}

function at(stores: readonly Store[], which: number): Store {
  const store = stores[which];
  assert.ok(store);
  return store;
}

function put(key: string, saw: number, value = '', subject: string | null = null): Write {
  return { type: 'put', key, saw, value, indexes: { subject, due: null } };
}

function remove(key: string, saw: number): Write {
  return { type: 'delete', key, saw };
}

function check(key: string, saw: number): Write {
  return { type: 'check', key, saw };
}
