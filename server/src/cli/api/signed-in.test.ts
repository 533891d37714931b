/** Signing in for a command: with what, where, all that can be wrong, and always out again. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { CONTROL_C, openStage } from '../cli.testing.ts';

const LIST = ['sessions', 'list'];

/** Another server than ours. */
async function serverThat(context: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : assert.fail();
}

/** Where a server was a moment ago. */
async function nobodyAt(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : assert.fail();
}

describe('who signs in', () => {
  test('flags come before the environment, and that before the defaults', async (context) => {
    const { run, url } = await openStage(context);
    const elsewhere = { LAMPLIGHTER_URL: 'http://127.0.0.1:1', LAMPLIGHTER_USER: 'nobody' };
    const flags = ['--url', `${url}/`, '--user', 'root', '--realm', 'alpha'];
    assert.equal((await run([...LIST, ...flags], { environment: elsewhere })).code, 0);
  });

  test('a password comes from a file, the environment, or an answer that nobody sees', async (context) => {
    const { run } = await openStage(context);
    const folder = await mkdtemp(path.join(tmpdir(), 'lamplighter-'));
    context.after(() => rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'password');
    await writeFile(file, 'light-the-lamps-3\n', { mode: 0o600 });
    const wrong = { LAMPLIGHTER_PASSWORD: 'not-this-one-9' };
    const words = [...LIST, '--password-file', file];
    assert.equal((await run(words, { environment: wrong })).code, 0);
    assert.equal((await run(LIST)).code, 0);
    const typed = await run(LIST, { typed: ['light-the-lamps-3'] });
    assert.equal(typed.code, 0);
    assert.equal(typed.err, 'Password of root in realm alpha: \n');
  });

  test('what is missing is asked for in words, before anything is sent', async (context) => {
    const { requests, run } = await openStage(context);
    const cases = [
      [
        LIST,
        { as: null },
        /who signs in\? Set LAMPLIGHTER_USER and LAMPLIGHTER_PASSWORD, or give --user USER and --password-file FILE\n$/,
      ],
      [
        [...LIST, '--user', 'ada'],
        { as: null },
        /the password of ada is needed: set LAMPLIGHTER_P/,
      ],
      [[...LIST, '--url', 'lamp.example'], {}, /the URL of the server must be like http:\/\/127/],
      [[...LIST, '--url', 'ftp://lamp.example'], {}, /the URL of the server must be like http:/],
      [[...LIST, '--pasword', 'x'], {}, /unknown flag --pasword/],
      [[...LIST, '--relm', 'x'], {}, /unknown flag --relm, did you mean --realm\?/],
    ] as const;
    for (const [words, how, said] of cases) {
      const { code, err } = await run(words, how);
      assert.equal(code, 2, err);
      assert.match(err, said);
    }
    assert.equal((await run(LIST, { typed: [CONTROL_C] })).code, 130);
    assert.equal((await run([...LIST, '--password-file', '/nowhere/at/all'])).code, 1);
    assert.deepEqual(requests, []);
  });

  test('a password in a URL is refused, and not repeated', async (context) => {
    const stage = await openStage(context);
    stage.secrets.add('hidden-in-a-url-3');
    const url = stage.url.replace('://', '://root:hidden-in-a-url-3@');
    const { code, err } = await stage.run([...LIST, '--url', url]);
    assert.equal(code, 2);
    assert.match(err, /they stand in LAMPLIGHTER_USER and LAMPLIGHTER_PASSWORD/);
  });

  test('a password that others could read on its way is spoken of', async (context) => {
    const { run, url } = await openStage(context);
    const { err } = await run([...LIST, '--url', 'http://lamp.invalid']);
    assert.match(err, /^lamplighter: the password goes to http:\/\/lamp\.invalid unencrypted\n/);
    for (const local of [url.replace('127.0.0.1', 'localhost'), 'https://lamp.invalid']) {
      assert.doesNotMatch((await run([...LIST, '--url', local])).err, /unencrypted/);
    }
  });
});

describe('a server that says no', () => {
  test('to a name, a password or a realm', async (context) => {
    const { run } = await openStage(context);
    const environment = { LAMPLIGHTER_PASSWORD: 'not-this-one-9' };
    const cases = [
      [[], { environment }, /the user name or the password is wrong, for root in realm alpha\n$/],
      [['--user', 'nobody'], {}, /is wrong, for nobody in realm alpha\n$/],
      [['--realm', 'omega'], {}, /the server has no realm omega; give another with --realm/],
    ] as const;
    for (const [words, how, said] of cases) {
      const { code, out, err } = await run([...LIST, ...words], how);
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, said);
    }
  });

  test('because it is busy, or broken, for now', async (context) => {
    const url = await serverThat(context, (_, response) => {
      response.writeHead(503, { 'Content-Type': 'application/problem+json' });
      const type = 'urn:lamplighter:problem:unavailable';
      response.end(JSON.stringify({ type, title: 'Busy', status: 503 }));
    });
    const { run } = await openStage(context);
    const { code, err } = await run([...LIST, '--url', url]);
    assert.equal(code, 69);
    assert.match(err, /^lamplighter: the server at http:\S+ is busy; try again in a moment\n$/);
  });
});

describe('a server that does not answer', () => {
  test('because it is not there', async (context) => {
    const { run } = await openStage(context);
    const gone = await run([...LIST, '--url', await nobodyAt()]);
    assert.equal(gone.code, 69);
    assert.match(
      gone.err,
      /^lamplighter: no server listens at http:\/\/127\.0\.0\.1:\d+; start one/,
    );
    const unknown = await run([...LIST, '--url', 'https://lamp.invalid']);
    assert.equal(unknown.code, 69);
    assert.match(unknown.err, /the host of https:\/\/lamp\.invalid is not known here/);
    for (const { err } of [gone, unknown]) assert.equal(err.split('\n').length, 2, err);
  });

  test('because it takes too long, or hangs up', async (context) => {
    const { run } = await openStage(context);
    const silent = await serverThat(context, () => undefined);
    const sleep = async () => undefined;
    const late = await run([...LIST, '--url', silent], { sleep });
    assert.equal(late.code, 69);
    assert.match(late.err, /did not answer within 30 s; try again, or look at its log\n$/);
    const hasty = await serverThat(context, (request) => request.socket.destroy());
    const closed = await run([...LIST, '--url', hasty]);
    assert.equal(closed.code, 69);
    assert.match(closed.err, /cannot be reached \(.+\); say where the server is with --url\n$/);
  });

  test('as Lamplighter would, and gets no password a second time', async (context) => {
    const { requests, run, url } = await openStage(context);
    const strangers = [
      await serverThat(context, (_, response) => response.end('<h1>Welcome</h1>')),
      await serverThat(context, (_, response) => response.writeHead(404).end('{"error": "x"}')),
      await serverThat(context, (request, response) => {
        response.writeHead(307, { Location: `${url}${request.url}` }).end('{}');
      }),
    ];
    for (const stranger of strangers) {
      const { code, err } = await run([...LIST, '--url', stranger]);
      assert.equal(code, 1);
      assert.match(
        err,
        /^lamplighter: http:\S+ does not answer as Lamplighter does \(status \d+\)\n$/,
      );
    }
    assert.deepEqual(requests, []);
  });
});

describe('signing out', () => {
  test('comes after the work, and after work that failed', async (context) => {
    const { requests, run } = await openStage(context);
    await run(LIST);
    await run(['why', '0000000000000000']);
    await run(['keys', 'list'], { as: 'ada' });
    const rounds = ['list', 'why', 'keys'].flatMap((work) => ['sign_in', work, 'end']);
    assert.deepEqual(
      requests,
      rounds.map((name) => `native.${name}`),
    );
  });

  test('comes after an interruption, whenever that is', async (context) => {
    const stage = await openStage(context);
    for (const moment of ['native.sign_in', 'native.list']) {
      stage.requests.length = 0;
      stage.onRequest = (route) => {
        if (route === moment) process.emit('SIGHUP');
      };
      const { code, out, err } = await stage.run(LIST);
      assert.deepEqual([code, out, err], [130, '', 'lamplighter: interrupted\n']);
      assert.equal(stage.requests.at(-1), 'native.end');
    }
    assert.equal(process.listenerCount('SIGHUP'), 0);
  });

  test('that fails is told, with what becomes of the session; the work is not lost', async (context) => {
    const stage = await openStage(context);
    stage.onRequest = (route) => {
      if (route === 'native.end') throw new Error('the disk is full');
    };
    const { code, out, err } = await stage.run(LIST, { leavesOpen: true });
    assert.equal(code, 0);
    assert.equal(out, 'root has no live session.\n');
    assert.match(
      err,
      /^lamplighter: this command could not sign out \(.+\); its session [0-9a-z]{16} ends by itself at 2026-03-01T12:30:00\.000Z\n$/,
    );
  });
});
