/** `serve` as its users have it: a process with a standard output, a log, signals and exit codes. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const SIGN_IN = '/lamplighter/v1/realms/alpha/sessions';
const HASHING = 'password_hashing: { memory: 64KiB, passes: 1 }';
const SMALL = `realms: { alpha: {} }\n${HASHING}\n`;

async function folder(context: TestContext): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'lamplighter-'));
  context.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** A process that is killed when the test is over. */
function launch(
  context: TestContext,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) {
  const child = spawn(process.execPath, [MAIN, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...environment },
  });
  let out = '';
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  const closed = once(child, 'close').then(([code]) => ({ code, out, log }));
  context.after(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  return {
    child,
    closed,
    async url() {
      const found = () => /^ready (http:\S+)\n$/.exec(out)?.[1];
      while (found() === undefined && child.exitCode === null) {
        await Promise.race([once(child.stdout, 'data'), closed]);
      }
      return found() ?? assert.fail(`not ready: ${out}${log}`);
    },
  };
}

describe('serve', { timeout: 60_000 }, () => {
  test('says that it is ready, serves the demo, and stops at a signal', async (context) => {
    const data = await folder(context);
    const server = launch(context, ['serve', '--port', '0', '--data', data]);
    const url = await server.url();
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    const signIn = await fetch(`${url}${SIGN_IN}`, {
      method: 'POST',
      body: JSON.stringify({ username: 'ada', password: 'let-there-be-light-1' }),
    });
    assert.equal(signIn.status, 201);
    const token = JSON.stringify(await signIn.json()).match(/"([^"]{40,})"/)?.[1] ?? assert.fail();
    server.child.kill('SIGTERM');
    const { code, out, log } = await server.closed;
    assert.equal(code, 0);
    assert.equal(out, `ready ${url}\n`);
    const lines = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.ok(lines.some(({ event, subject }) => event === 'session_opened' && subject === 'ada'));
    assert.equal(lines.at(-1).msg, 'stopped');
    for (const secret of [
      token,
      'let-there-be-light-1',
      await readFile(path.join(data, 'root.secret'), 'utf8'),
    ]) {
      assert.ok(!log.includes(secret.trim()));
    }
  });

  test('is not ready once its data directory is gone', async (context) => {
    const data = await folder(context);
    const server = launch(context, ['serve', '--port', '0', '--data', path.join(data, 'd')]);
    const url = await server.url();
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    await rm(path.join(data, 'd'), { recursive: true });
    assert.equal((await fetch(`${url}/readyz`)).status, 503);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
  });

  test('is not ready once another data directory stands in place of its own', async (context) => {
    const data = path.join(await folder(context), 'd');
    const server = launch(context, ['serve', '--port', '0', '--data', data]);
    const url = await server.url();
    await rename(data, `${data}-before`);
    await cp(`${data}-before`, data, { recursive: true });
    assert.equal((await fetch(`${url}/readyz`)).status, 503);
    await rm(data, { recursive: true });
    await rename(`${data}-before`, data);
    assert.equal((await fetch(`${url}/readyz`)).status, 200, 'its own is back');
  });

  test('finishes what is under way; a second signal does not wait', async (context) => {
    const data = await folder(context);
    // Two within a second are one: a process group gets its own beside the one that npm hands on.
    for (const [signals, pauseMs, expected] of [
      [1, 100, 0],
      [2, 100, 0],
      [2, 1200, 143],
    ] as const) {
      const server = launch(context, ['serve', '--port', '0', '--data', data]);
      const { port } = new URL(await server.url());
      const socket = connect(Number(port), '127.0.0.1');
      let text = '';
      socket.setEncoding('latin1').on('data', (chunk) => {
        text += chunk;
      });
      socket.on('error', () => undefined);
      socket.write(`POST ${SIGN_IN} HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{`);
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (let count = 0; count < signals; count++) {
        server.child.kill('SIGTERM');
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      socket.write('}');
      assert.equal((await server.closed).code, expected);
      assert.match(
        text,
        expected === 0 ? /^HTTP\/1\.1 [24]\d\d .*\r\nConnection: close\r\n/s : /^$/,
      );
    }
  });

  test('keeps what it was given, and the root secret, over a restart', async (context) => {
    const data = await folder(context);
    const config = path.join(data, 'lamp.yaml');
    await writeFile(config, `${SMALL}data: kept\n`);
    for (let starts = 0; starts < 2; starts++) {
      const server = launch(context, ['serve', '--port', '0', '--config', config]);
      await server.url();
      server.child.kill('SIGINT');
      assert.equal((await server.closed).code, 0);
    }
    const secret = await readFile(path.join(data, 'kept/root.secret'), 'utf8');
    assert.match(secret, /^[\w-]{43}\n$/);
  });

  test('a memory store leaves nothing behind', async (context) => {
    const data = await folder(context);
    const config = path.join(data, 'lamp.yaml');
    await writeFile(
      config,
      `${SMALL}store: { type: memory }\ndata: kept\nlog: { level: silent }\n`,
    );
    const server = launch(context, ['serve', '--port', '0'], { LAMPLIGHTER_CONFIG: config });
    await server.url();
    server.child.kill('SIGTERM');
    const { code, log } = await server.closed;
    assert.deepEqual([code, log], [0, '']);
    await assert.rejects(readFile(path.join(data, 'kept')), { code: 'ENOENT' });
  });
});

describe('serve cannot start', { timeout: 60_000 }, () => {
  /** One line of its own on standard error, and nothing else. */
  async function refused(
    context: TestContext,
    words: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ) {
    const { code, out, log } = await launch(context, words, environment).closed;
    assert.equal(out, '');
    assert.doesNotMatch(log, /\n {4}at /, 'no stack');
    return { code, log };
  }

  test('with a flag or a command that there is not', async (context) => {
    assert.deepEqual(await refused(context, ['serve', '--prot', '1']), {
      code: 2,
      log: 'lamplighter: unknown flag --prot, did you mean --port?\n',
    });
    assert.equal((await refused(context, [])).code, 2);
  });

  test('with a config that is not there, or wrong', async (context) => {
    const data = await folder(context);
    const config = path.join(data, 'lamp.yaml');
    const missing = await refused(context, ['serve', '--config', config]);
    assert.deepEqual(missing, {
      code: 1,
      log: `lamplighter: config ${config}: there is no such file\n`,
    });
    await writeFile(config, 'relams: {}\n');
    const { code, log } = await refused(context, ['serve', '--config', config]);
    assert.equal(code, 1);
    assert.deepEqual(log.split('\n'), [
      'lamplighter: the config cannot be used',
      `${config}:1:1: realms: missing, expected names with options under each`,
      `${config}:1:1: relams: unknown option "relams", did you mean "realms"?`,
      '',
    ]);
  });

  test('the demo for everybody', async (context) => {
    const data = await folder(context);
    const { code, log } = await refused(context, ['serve', '--data', data, '--host', '0.0.0.0']);
    assert.equal(code, 1);
    assert.match(log, /--host: expected 127\.0\.0\.1, ::1 or localhost: this is a demo/);
  });

  test('on a port, or on data, that another one has', async (context) => {
    const data = await folder(context);
    const first = launch(context, ['serve', '--port', '0', '--data', path.join(data, 'a')]);
    const { port } = new URL(await first.url());
    const taken = await refused(context, ['serve', '--port', port, '--data', path.join(data, 'b')]);
    assert.equal(taken.code, 1);
    assert.match(
      taken.log,
      new RegExp(`lamplighter: cannot listen on 127.0.0.1:${port}: another program`),
    );
    const held = await refused(context, ['serve', '--port', '0', '--data', path.join(data, 'a')]);
    assert.equal(held.code, 1);
    assert.match(held.log, /^lamplighter: the level store in .* is held by another process/);
  });

  test('with the root secret of another store, or none', async (context) => {
    const data = await folder(context);
    const words = ['serve', '--port', '0', '--data', data];
    const first = launch(context, words);
    await first.url();
    first.child.kill('SIGTERM');
    await first.closed;
    const other = { LAMPLIGHTER_ROOT_SECRET: 'ab'.repeat(32) };
    const wrong = await refused(context, words, other);
    assert.equal(wrong.code, 1);
    assert.match(wrong.log, /^lamplighter: .*secret/);
    assert.ok(!wrong.log.includes(other.LAMPLIGHTER_ROOT_SECRET));
    await rm(path.join(data, 'root.secret'));
    const none = await refused(context, words);
    assert.equal(none.code, 1);
    assert.match(none.log, /^lamplighter: There is no root secret at /);
  });
});

test('an error that nobody caught is logged, and ends the process', async () => {
  const serve = new URL('./serve.ts', import.meta.url);
  const logger = new URL('../host/logger.ts', import.meta.url);
  const config = fileURLToPath(new URL('../../../examples/demo.yaml', import.meta.url));
  const script = `
    import { serve } from '${serve}';
    import { createLogger } from '${logger}';
    import { dialectSchemas } from '${new URL('../dialects/registry.ts', import.meta.url)}';
    const fail = (err) => createLogger('info').fatal({ err }, 'cannot go on');
    const start = async () => {
      setTimeout(() => Promise.reject(new Error('nobody caught me')), 50);
      return { url: 'x', fail, close: async () => {} };
    };
    const program = { environment: {}, dialectSchemas, print: () => {}, start };
    await serve.run({ values: { config: '${config}' }, program });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 1);
  assert.match(log, /^\{"level":"fatal",.*nobody caught me.*\}\n$/);
});
