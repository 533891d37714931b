/** The host over real sockets: what handlers see, what leaves, faults, proxies, the stop. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  answer,
  Busy,
  bodyOf,
  CLOSE,
  get,
  openStage,
  post,
  route,
  seen,
  statusOf,
} from './host.testing.ts';

describe('what a handler sees', () => {
  test('method, path, parameters, query, headers, origin, address', async (context) => {
    const stage = await openStage(context);
    const headers =
      'X-Empty:\r\nX-One: 1\r\nx-ONE: 2\r\nCookie: a=1\r\nCookie: b=2\r\nSet-Cookie: c\r\nAuthorization: A\r\nAuthorization: B\r\n';
    const { requestId, ...rest } = await seen(
      stage,
      get('/fake/items/a%2Fb%20%C3%BC?x=1&x=%C3%BC+y&=e&z&&w=a=b', headers),
    );
    assert.match(requestId, /^[\w-]{16}$/);
    assert.deepEqual(rest, {
      method: 'GET',
      path: '/fake/items/a%2Fb%20%C3%BC',
      params: { id: 'a/b ü' },
      query: [
        ['x', ['1', 'ü y']],
        ['', ['e']],
        ['z', ['']],
        ['w', ['a=b']],
      ],
      headers: {
        host: 'lamp.example:81',
        'x-one': '1, 2',
        cookie: 'a=1; b=2',
        'set-cookie': 'c',
        authorization: 'A, B',
        connection: 'close',
      },
      body: '',
      origin: 'http://lamp.example:81',
      address: '127.0.0.1',
    });
  });

  test('a trailing slash, an absolute target, an encoded letter; case counts', async (context) => {
    const stage = await openStage(context);
    assert.equal((await seen(stage, get('/fake/items/1/'))).params.id, '1');
    assert.equal(
      (await seen(stage, get('http://other.example/fake/items/2?q'))).path,
      '/fake/items/2',
    );
    assert.equal((await seen(stage, get('/f%61ke/items/3'))).params.id, '3');
    assert.equal((await seen(stage, get('//fake//items/4'))).params.id, '4');
    assert.equal(statusOf(await stage.exchange(get('/Fake/items/3'))), 404);
    assert.equal(
      (await seen(stage, get(`/fake/items/${'i'.repeat(9000)}`))).params.id.length,
      9000,
    );
  });

  test('every body, whatever its type, on every method', async (context) => {
    const stage = await openStage(context);
    for (const type of [
      '',
      'Content-Type: application/json\r\n',
      'Content-Type: ;;;\r\n',
      'Content-Type: \r\n',
    ]) {
      for (const method of ['POST', 'GET', 'DELETE']) {
        const request = post('/fake/items/1', '{"a":', type).replace('POST', method);
        const found = await seen(stage, request);
        assert.deepEqual([found.method, found.body], [method, '{"a":']);
      }
    }
    const binary = Buffer.from([0, 255, 128, 10]);
    const head = post('/fake/items/1', '').replace('Length: 0', 'Length: 4');
    assert.equal((await seen(stage, head, binary)).body, binary.toString('latin1'));
    assert.equal((await seen(stage, post('/fake/items/1', ''))).body, '');
  });

  test('a chunked body, with its trailers left out', async (context) => {
    const stage = await openStage(context);
    const head = `POST /fake/items/1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n${CLOSE}\r\n`;
    const found = await seen(
      stage,
      head,
      '3\r\nabc\r\n',
      '2;x=y\r\nde\r\n',
      '0\r\nX-Late: 1\r\n\r\n',
    );
    assert.equal(found.body, 'abcde');
    assert.equal(found.headers['x-late'], undefined);
  });

  test('HTTP/1.0 without a Host: the origin is where we listen', async (context) => {
    const stage = await openStage(context);
    const found = await seen(stage, 'GET /fake/items/1 HTTP/1.0\r\n\r\n');
    assert.equal(found.origin, stage.url);
  });

  test('several requests on one connection, answered in their order', async (context) => {
    const gate = Promise.withResolvers<void>();
    const slow = route('GET', '/fake/slow', async () => {
      await gate.promise;
      return answer('slow');
    });
    const stage = await openStage(context, [slow]);
    const line = await stage.connect();
    const ask = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: h\r\n${more}\r\n`;
    line.socket.write(ask('/fake/slow') + ask('/fake/word') + ask('/fake/none', CLOSE));
    setTimeout(() => gate.resolve(), 50);
    const text = await line.ended();
    assert.deepEqual(text.match(/HTTP\/1\.1 \d+/g), [
      'HTTP/1.1 200',
      'HTTP/1.1 200',
      'HTTP/1.1 404',
    ]);
    assert.ok(text.indexOf('slow') < text.indexOf('w\u00c3\u00b6rd'), text);
  });
});

describe('what leaves', () => {
  test('headers to the letter, lists as several, the length in bytes', async (context) => {
    const stage = await openStage(context, [
      route('GET', '/fake/cookies', async () => ({
        status: 201,
        headers: { 'Set-Cookie': ['a=1', 'b=2'], 'X-oDD': 'x', 'Content-Type': 'application/json' },
        body: '{}',
      })),
    ]);
    const cookies = await stage.exchange(get('/fake/cookies'));
    const lines = cookies.split('\r\n').filter((line) => !line.startsWith('Date: '));
    assert.deepEqual(lines, [
      'HTTP/1.1 201 Created',
      'Set-Cookie: a=1',
      'Set-Cookie: b=2',
      'X-oDD: x',
      'Content-Type: application/json',
      'Content-Length: 2',
      'Connection: close',
      '',
      '{}',
    ]);
    assert.match(
      await stage.exchange(get('/fake/word')),
      /Content-Length: 5\r\n.*\r\n\r\nw\u00c3\u00b6rd$/s,
    );
  });

  test('HEAD is GET without the body; 204 has no length', async (context) => {
    const nothing = route('DELETE', '/fake/nothing', async () => ({
      status: 204,
      headers: {},
      body: '',
    }));
    const stage = await openStage(context, [nothing]);
    const head = await stage.exchange(get('/fake/word').replace('GET', 'HEAD'));
    assert.match(head, /^HTTP\/1\.1 200 .*Content-Length: 5\r\n.*\r\n\r\n$/s);
    const gone = await stage.exchange(get('/fake/nothing').replace('GET', 'DELETE'));
    assert.match(gone, /^HTTP\/1\.1 204 /);
    assert.doesNotMatch(gone, /Content-Length/i);
  });

  test('no line end of a value makes a header of its own', async (context) => {
    const stage = await openStage(context, [
      route('GET', '/fake/split', async () => ({
        status: 302,
        headers: { Location: '/x\r\nSet-Cookie: evil=1', 'X-Word': 'ü\u2603\ud800\0' },
        body: '',
      })),
    ]);
    const text = await stage.exchange(get('/fake/split'));
    assert.match(text, /\r\nLocation: \/x%0D%0ASet-Cookie: evil=1\r\n/);
    assert.match(text, /\r\nX-Word: \u00fc%E2%98%83%EF%BF%BD%00\r\n/);
    assert.doesNotMatch(text, /\r\nSet-Cookie/);
  });
});

describe('what no route takes', () => {
  test('is rejected by the dialect with the longest prefix, or plainly', async (context) => {
    const stage = await openStage(context);
    const cases: readonly (readonly [string, string])[] = [
      ['/fake/none', 'fake:no_such_path'],
      ['/fake', 'fake:no_such_path'],
      ['/fake.json', 'fake:no_such_path'],
      ['/fake/deep', 'deep:no_such_path'],
      ['/fake/deep/er?a=1', 'deep:no_such_path'],
      ['/fake/deeper', 'fake:no_such_path'],
    ];
    for (const [path, expected] of cases) {
      const text = await stage.exchange(get(path));
      assert.deepEqual([statusOf(text), bodyOf(text)], [404, expected], path);
    }
    for (const path of ['/', '/faked', '/fak', '//fake', '*']) {
      const text = await stage.exchange(get(path));
      assert.match(text, /^HTTP\/1\.1 40[04] .*Content-Type: application\/problem\+json/s, path);
    }
  });

  test('another method is named as such, with those that there are', async (context) => {
    const stage = await openStage(context);
    for (const method of ['PUT', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE', 'QUERY']) {
      const text = await stage.exchange(get('/fake/items/1/').replace('GET', method));
      assert.match(text, /^HTTP\/1\.1 405 /, method);
      assert.match(text, /\r\nAllow: GET, HEAD, POST, DELETE\r\n/, method);
      assert.match(text, /fake:method_not_allowed$/, method);
    }
    const body = await stage.exchange(post('/fake/none', 'x'.repeat(99), 'Content-Type: ;\r\n'));
    assert.equal(bodyOf(body), 'fake:no_such_path');
  });

  test('nor is a URL that cannot be decoded', async (context) => {
    const stage = await openStage(context);
    for (const target of [
      '/fake/items/%',
      '/fake/items/%zz',
      '/fake/items/%ff',
      '/fake/%c0%af',
      '/fake/items/1?a=%',
      '/fake/items/1?%ff=1',
      '/fake/items/1?a=%u0041',
      '/fake/items/1#x',
    ]) {
      const text = await stage.exchange(get(target));
      assert.deepEqual([statusOf(text), bodyOf(text)], [400, 'fake:malformed_request'], target);
    }
    for (const host of ['a b', 'a/b', 'a,b', 'x"', 'a\r\nHost: b']) {
      const text = await stage.exchange(get('/fake/items/1').replace('lamp.example:81', host));
      assert.deepEqual([statusOf(text), bodyOf(text)], [400, 'fake:malformed_request'], host);
    }
  });
});

describe('what goes wrong inside', () => {
  const SECRET = 'tok_abcdef0123456789';

  test('busy is 503, a bug is 500; neither shows anything', async (context) => {
    const stage = await openStage(context, [
      route('GET', '/fake/busy', async () => Promise.reject(new Busy('the disk is full'))),
      route('GET', '/fake/bug', () => {
        throw Object.assign(new TypeError('x is not a function'), { input: SECRET });
      }),
      route('GET', '/fake/odd', async () => Promise.reject('a word')),
      route('GET', '/fake/bad', async () => ({
        status: 7,
        headers: { 'bad name': 'x' },
        body: '',
      })),
    ]);
    assert.equal(bodyOf(await stage.exchange(get('/fake/busy'))), 'fake:unavailable');
    assert.equal(bodyOf(await stage.exchange(get('/fake/bug'))), 'fake:internal_error');
    assert.equal(bodyOf(await stage.exchange(get('/fake/odd'))), 'fake:internal_error');
    assert.match(await stage.exchange(get('/fake/bad')), /^HTTP\/1\.1 500 .*"status":500\}$/s);
    const failed = stage.log.filter((line) => line.level === 'error');
    const errors = failed.filter(({ msg }) => msg !== 'request');
    assert.equal(errors.length, 3);
    assert.equal(failed.length, 7, 'each request that failed is one as well');
    assert.match(JSON.stringify(errors[0]), /x is not a function.*host\.test\.ts/);
    assert.equal(stage.log.filter((line) => line.level === 'warn').length, 1);
    assert.ok(!JSON.stringify(stage.log).includes(SECRET));
  });

  test('no line of the log holds what a client sent', async (context) => {
    const stage = await openStage(context, [
      // A parser quotes what it could not read.
      route('POST', '/fake/parse', async ({ body }) => answer(JSON.parse(String(body)))),
    ]);
    const secret = encodeURIComponent(SECRET);
    await stage.exchange(
      post(
        `/fake/items/${secret}?token=${secret}`,
        SECRET,
        `Authorization: Bearer ${SECRET}\r\nCookie: s=${SECRET}\r\nX-Request-Id: ${SECRET}\r\n`,
      ),
    );
    await stage.exchange(get(`/fake/none/${secret}?a=${secret}`));
    await stage.exchange(get(`/fake/%/${secret}`));
    await stage.exchange(get(`/${secret}`));
    await stage.exchange(post('/fake/parse', SECRET));
    const text = JSON.stringify(stage.log);
    assert.deepEqual(
      stage.log.map(({ msg }) => msg),
      [...Array(4).fill('request'), 'internal error', 'request'],
    );
    assert.ok(!text.includes(SECRET), text);
    const [{ time, id, ms, ...line } = {}] = stage.log;
    assert.ok(
      !Number.isNaN(Date.parse(String(time))) && typeof ms === 'number' && typeof id === 'string',
    );
    assert.deepEqual(line, {
      level: 'info',
      method: 'POST',
      route: 'fake /fake/items/:id',
      pattern: '/fake/items/:id',
      status: 200,
      address: '127.0.0.1',
      msg: 'request',
    });
  });
});

describe('behind a proxy', () => {
  const forwarded =
    'X-Forwarded-For: 9.9.9.9, 203.0.113.7, 10.1.2.3\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: sso.example\r\n';

  test('that is ours, its word counts', async (context) => {
    const stage = await openStage(context, [], { trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'] });
    const { origin, address } = await seen(stage, get('/fake/items/1', forwarded));
    assert.deepEqual(
      { origin, address },
      { origin: 'https://sso.example', address: '203.0.113.7' },
    );
    const spoilt = forwarded.replace('203.0.113.7', '<script>');
    assert.equal((await seen(stage, get('/fake/items/1', spoilt))).address, '10.1.2.3');
    for (const odd of ['999.1.1.1', ':::', 'fe80::1%eth0', '', ',', '1.2.3.4:80']) {
      const headers = `X-Forwarded-For: ${odd}\r\nX-Forwarded-Host: a b\r\n`;
      assert.equal(statusOf(await stage.exchange(get('/fake/items/1', headers))), 400, odd);
    }
    const plain = await seen(stage, get('/fake/items/1'));
    assert.deepEqual([plain.origin, plain.address], ['http://lamp.example:81', '127.0.0.1']);
  });

  test('that is not, it does not', async (context) => {
    const stage = await openStage(context, [], { trustedProxies: ['10.0.0.0/8', '::1'] });
    const { origin, address } = await seen(stage, get('/fake/items/1', forwarded));
    assert.deepEqual(
      { origin, address },
      { origin: 'http://lamp.example:81', address: '127.0.0.1' },
    );
  });
});

describe('health', () => {
  test('the process lives; it is ready while the store answers in time', async (context) => {
    let probe = async (): Promise<unknown> => undefined;
    const stage = await openStage(context, [], { probe: () => probe() });
    const ready = async () => statusOf(await stage.exchange(get('/readyz')));
    assert.match(await stage.exchange(get('/healthz')), /200 OK.*\{"status":"ok"\}$/s);
    assert.equal(await ready(), 200);
    probe = () => Promise.reject(new Error('down'));
    assert.equal(await ready(), 503);
    probe = () => new Promise(() => undefined);
    assert.equal(await ready(), 503);
    assert.equal(statusOf(await stage.exchange(get('/healthz'))), 200);
  });

  test('the log says why it is not ready, once, and when that is over', async (context) => {
    let probe = async (): Promise<unknown> => assert.fail('the disk is gone');
    const stage = await openStage(context, [], { probe: () => probe() });
    const ask = () => stage.exchange(get('/readyz'));
    const said = () => stage.log.filter(({ msg }) => /ready/.test(String(msg)));
    const words = () => said().map(({ level, msg, why }) => [level, msg, why]);
    await ask();
    await ask();
    assert.deepEqual(words(), [['warn', 'not ready', 'the disk is gone']]);
    probe = async () => undefined;
    await ask();
    await ask();
    assert.deepEqual(words().slice(1), [['info', 'ready again', undefined]]);
  });
});

describe('a stop', { timeout: 15_000 }, () => {
  test('finishes what is under way, and closes what rests', async (context) => {
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const slow = route('POST', '/fake/slow', async ({ body }) => {
      started.resolve();
      await gate.promise;
      return answer(`slow ${body}`);
    });
    const stage = await openStage(context, [slow]);
    const resting = await stage.connect();
    resting.socket.write('GET /fake/word HTTP/1.1\r\nHost: h\r\n\r\n');
    await resting.until(/rd$/);
    const silent = await stage.connect();
    const half = await stage.connect();
    half.socket.write('GET /fake/wo');
    const busy = await stage.connect();
    busy.socket.write('POST /fake/slow HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok');
    await started.promise;

    const stopped = stage.host.close();
    await resting.ended();
    await assert.rejects(stage.connect(), { code: 'ECONNREFUSED' });
    gate.resolve();
    assert.match(await busy.ended(), /^HTTP\/1\.1 200 .*Connection: close\r\n.*slow ok$/s);
    await Promise.all([silent.ended(), half.ended(), stopped]);
  });

  test('does not cut off the first of two answers when the second is done before it', async (context) => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const started = Promise.withResolvers<void>();
    const slow = route('GET', '/fake/slow/:at', async ({ params }) => {
      if (params.at === '1') started.resolve();
      await gates[Number(params.at)]?.promise;
      return answer(`slow ${params.at}`);
    });
    const stage = await openStage(context, [slow]);
    const line = await stage.connect();
    const ask = (at: number) => `GET /fake/slow/${at} HTTP/1.1\r\nHost: h\r\n\r\n`;
    line.socket.write(ask(0) + ask(1));
    await started.promise;
    const stopped = stage.host.close();
    gates[1]?.resolve();
    setTimeout(() => gates[0]?.resolve(), 50);
    assert.match(await line.ended(), /slow 0.*Connection: close\r\n.*slow 1$/s);
    await stopped;
  });

  test('with nothing under way takes no time', async (context) => {
    const stage = await openStage(context);
    const silent = await stage.connect();
    const started = Date.now();
    await stage.host.close();
    await silent.ended();
    assert.ok(Date.now() - started < 1000);
  });
});
