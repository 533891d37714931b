/** What the store says and does when PostgreSQL, the network or the settings are not as they should. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { ABSENT, type Store, StoreFault, type Write } from '../store.ts';
import { openPostgresStore, type PostgresStoreOptions } from './index.ts';
import { startPostgres } from './postgres.testing.ts';
import { startProxy, type Verdict } from './proxy.testing.ts';

const server = await startPostgres();
after(() => server.stop());

test('a wrong password, a wrong user, a missing database, a closed port: each is said', async () => {
  const url = await server.createDatabase();
  const changed = (part: Partial<URL>) => Object.assign(new URL(url), part).href;
  await refused(changed({ password: 'not-it' }), /refuses the user or the password/);
  await refused(changed({ username: 'nobody' }), /refuses the user or the password/);
  await refused(changed({ pathname: '/none' }), /none at .* does not exist: create it/);
  await refused(changed({ port: '1' }), /cannot be reached: nothing listens there/);
});

test('no message, stack or cause shows the password', async () => {
  const secret = 'tops3cret-of-the-database';
  const url = new URL(await server.createDatabase());
  const parts: Partial<URL>[] = [
    { password: secret },
    { password: secret, port: '1' },
    { pathname: '/no' },
  ];
  for (const part of parts) {
    const wrong = Object.assign(new URL(url), part).href;
    const fault: unknown = await open({ url: wrong }).catch((error: unknown) => error);
    assert.ok(fault instanceof StoreFault);
    for (const password of [secret, url.password]) {
      assert.ok(!`${fault.stack}${JSON.stringify(fault)}${fault.cause}`.includes(password));
    }
  }
});

test('a server without TLS is refused where TLS is asked for', async () => {
  const url = await server.createDatabase();
  const fault: unknown = await open({ url, tls: 'verify' }).catch((error: unknown) => error);
  assert.ok(fault instanceof StoreFault);
  assert.match(fault.message, /SSL|TLS|certificate/);
});

test('a database that may lose what it acknowledges is refused', async () => {
  const url = await server.createDatabase();
  const name = new URL(url).pathname.slice(1);
  await server.query(url, `ALTER DATABASE ${name} SET synchronous_commit = off`);
  await refused(url, /has synchronous_commit off: a commit that it acknowledges can be lost/);
  await server.query(url, `ALTER DATABASE ${name} SET synchronous_commit = on`);
  await (await open({ url })).close();
});

test('a database that is not UTF8 is refused', async () => {
  const url = new URL(await server.createDatabase());
  const home = url.href;
  const name = `${url.pathname.slice(1)}_ascii`;
  await server.query(
    url.href,
    `CREATE DATABASE ${name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0`,
  );
  await refused(Object.assign(url, { pathname: name }).href, /has the encoding SQL_ASCII/);
  await server.query(home, `DROP DATABASE ${name} WITH (FORCE)`);
});

test('a connection lost behind the COMMIT is a fault, for nobody knows; and the store goes on', async (context) => {
  const armed = { cut: false };
  const { store } = await throughProxy(context, (sql) => {
    if (sql !== 'COMMIT' || !armed.cut) return undefined;
    armed.cut = false;
    return 'cut';
  });
  await store.commit([put('a', ABSENT, 'before')]);
  armed.cut = true;
  const told = await Promise.allSettled([
    store.commit([put('a', 1, 'after')]),
    store.commit([put('b', ABSENT)]),
  ]);
  for (const one of told) assert.ok(one.status === 'rejected' && one.reason instanceof StoreFault);
  assert.ok(!armed.cut);
  const [a, b] = await store.read(['a', 'b']);
  assert.ok(a);
  const isDone = a.version === 2;
  assert.deepEqual([a.value, b?.version], isDone ? ['after', 1] : ['before', undefined]);
  assert.equal(await store.commit([put('a', a.version, 'on')]), 'committed');
});

test('a connection lost before the COMMIT costs nobody anything', async (context) => {
  let cuts = 0;
  const { store } = await throughProxy(context, (sql) => {
    if (!/ORDER BY key FOR UPDATE/.test(sql) || cuts >= 2) return undefined;
    cuts++;
    return 'drop';
  });
  assert.equal(await store.commit([put('a', ABSENT)]), 'committed');
  assert.equal(cuts, 2);
  const [row] = await store.read(['a']);
  assert.equal(row?.version, 1);
});

test('connections that broke at rest are noticed before they are used, or read again', async (context) => {
  const { store, proxy } = await throughProxy(context);
  await store.commit([put('a', ABSENT)]);
  for (let round = 0; round < 5; round++) {
    await Promise.all([store.read(['a']), store.list('due', { from: '', to: 'z', limit: 1 })]);
    proxy.cut();
    const [row] = await store.read(['a']);
    assert.equal(row?.version, 1);
  }
});

test('a network that is frozen is a fault in time, and the store comes back by itself', async (context) => {
  const limits = { statementTimeoutMs: 200, connectTimeoutMs: 4_000, now: Date.now };
  const { store, proxy } = await throughProxy(context, () => undefined, limits);
  // A connection for each of the two calls below.
  await Promise.all([store.read(['a']), store.commit([put('a', ABSENT)])]);
  proxy.freeze();
  const began = performance.now();
  const told = await Promise.allSettled([store.read(['a']), store.commit([put('a', 1)])]);
  const took = performance.now() - began;
  for (const one of told) {
    assert.ok(one.status === 'rejected' && one.reason instanceof StoreFault);
    assert.match(one.reason.message, /does not answer$/);
  }
  assert.ok(took < 3_000, `it took ${took} ms`);
  proxy.thaw();
  await eventually(async () => (await store.read(['a']))[0]?.version ?? 0);
});

test('a network that is frozen keeps no process from its end', async (context) => {
  const proxy = await startProxy(await server.createDatabase());
  context.after(() => proxy.close());
  const index = new URL('index.ts', import.meta.url).href;
  const program = `
    const { openPostgresStore } = await import(${JSON.stringify(index)});
    const url = ${JSON.stringify(proxy.url)};
    const store = await openPostgresStore({ url, now: Date.now, random: Math.random });
    process.stdout.write('open');
    process.stdin.once('data', () => store.close()).unref();
    setTimeout(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  context.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  proxy.freeze();
  child.stdin.end('close');
  const ended = once(child, 'close').then(() => true);
  assert.ok(await Promise.race([ended, setTimeout(10_000, false, { ref: false })]));
});

test('a server that is away is not asked over and over', async (context) => {
  const { proxy, store, clock } = await throughProxy(context);
  await store.commit([put('a', ABSENT)]);
  await proxy.close();
  await assert.rejects(store.read(['a']), /nothing listens there/);
  const began = performance.now();
  for (let call = 0; call < 200; call++) {
    await assert.rejects(store.read(['a']), /could not be reached; it is tried again in a moment/);
  }
  assert.ok(performance.now() - began < 2_000);
  // The pause grows, up to a bound.
  const pauses: number[] = [];
  for (let failure = 0; failure < 12; failure++) {
    const from = clock.now;
    for (;;) {
      clock.now += 5;
      const fault: unknown = await store.read(['a']).catch((error: unknown) => error);
      if (fault instanceof StoreFault && /nothing listens/.test(fault.message)) break;
    }
    pauses.push(clock.now - from);
  }
  assert.ok((pauses[0] ?? 0) <= 60, `${pauses}`);
  assert.ok((pauses[5] ?? 0) > 4 * (pauses[1] ?? 0), `${pauses}`);
  assert.ok(Math.max(...pauses) <= 5_005, `${pauses}`);
});

test('a statement that takes too long is a fault in time', async (context) => {
  const url = await server.createDatabase();
  const store = await open({ url, statementTimeoutMs: 200, lockTimeoutMs: 60_000 });
  context.after(() => store.close());
  await store.commit([put('a', ABSENT)]);
  const outside = new Client({ connectionString: url });
  await outside.connect();
  await outside.query('BEGIN; LOCK TABLE lamplighter_rows IN EXCLUSIVE MODE');
  const began = performance.now();
  await assert.rejects(store.commit([put('a', 1)]), /store\.statement_timeout/);
  assert.ok(performance.now() - began < 1_000);
  await outside.end();
  assert.equal(await store.commit([put('a', 1)]), 'committed');
});

test('a process that stops in the middle of a transaction lets go of its rows', async (context) => {
  const armed = { freeze: false };
  const { store, proxy, url } = await throughProxy(context, (sql) => {
    if (/^UPDATE/.test(sql) && armed.freeze) return 'hold';
    return undefined;
  });
  await store.commit([put('a', ABSENT)]);
  armed.freeze = true;
  const stopped = store.commit([put('a', 1, 'stopped')]).catch((fault: unknown) => fault);
  await eventually(async () => proxy.sent.filter(({ sql }) => /^UPDATE/.test(sql)).length - 1);
  const other = await open({ url });
  context.after(() => other.close());
  assert.equal(await other.commit([put('a', 1, 'other')]), 'committed');
  assert.ok((await stopped) instanceof StoreFault);
});

test('more calls than may wait are refused at once, and the others are answered', async (context) => {
  const url = await server.createDatabase();
  const store = await open({ url, pool: 1, waitingLimit: 5 });
  context.after(() => store.close());
  const told = await Promise.allSettled(
    Array.from({ length: 50 }, (_, which) => store.commit([put(`row ${which}`, ABSENT)])),
  );
  const refusals = told.filter((one) => one.status === 'rejected');
  assert.equal(refusals.length, 45);
  for (const { reason } of refusals) {
    assert.ok(reason instanceof StoreFault && /overloaded: 5 commits wait/.test(reason.message));
  }
  assert.equal(await store.commit([put('later', ABSENT)]), 'committed');
});

test('the pool has no more connections than it was given', async (context) => {
  const { store, proxy } = await throughProxy(context, () => undefined, { pool: 3 });
  await Promise.all(
    Array.from({ length: 60 }, async (_, which) => {
      await store.read([`row ${which}`]);
      await store.commit([put(`row ${which}`, ABSENT)]);
      await store.list('due', { from: '', to: 'z', limit: 1 });
    }),
  );
  assert.ok(proxy.open <= 3, `${proxy.open} connections`);
});

type Options = Partial<PostgresStoreOptions>;

function open(options: Options & { readonly url: string }): Promise<Store> {
  return openPostgresStore({ now: Date.now, random: Math.random, ...options });
}

/** A store behind a proxy, with a clock of its own that stands still. */
async function throughProxy(
  context: TestContext,
  onSent: (sql: string) => Verdict | undefined = () => undefined,
  options: Options = {},
) {
  const url = await server.createDatabase();
  const proxy = await startProxy(url, ({ sql }) => onSent(sql));
  const clock = { now: 1_000_000 };
  const opened = open({ url: proxy.url, now: () => clock.now, ...options });
  context.after(async () => {
    await opened.then((store) => store.close()).catch(() => {});
    await proxy.close();
  });
  const store = await opened;
  return { url, proxy, store, clock };
}

async function refused(url: string, why: RegExp): Promise<void> {
  const fault: unknown = await open({ url }).catch((error: unknown) => error);
  assert.ok(fault instanceof StoreFault, String(fault));
  assert.match(fault.message, why);
}

/** Resolves once it gives something other than 0 and does not throw. */
async function eventually(look: () => Promise<number>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const found = await look().catch(() => 0);
    if (found !== 0) return;
    await setTimeout(25);
  }
  assert.fail('it did not happen');
}

function put(key: string, saw: number, value = ''): Write {
  return { type: 'put', key, saw, value, indexes: { subject: null, due: null } };
}
