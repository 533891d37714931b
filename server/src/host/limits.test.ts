/** Limits of the host, and bytes that are no request, over real sockets. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  answer,
  bodyOf,
  CLOSE,
  get,
  openStage,
  post,
  route,
  seen,
  statusOf,
} from './host.testing.ts';

describe('limits', () => {
  test('a body over the limit, announced or not', async (context) => {
    const stage = await openStage(context, [], { limits: { body: 1024 } });
    assert.equal((await seen(stage, post('/fake/items/1', 'x'.repeat(1024)))).body.length, 1024);
    const announced = await stage.exchange(post('/fake/items/1', 'x'.repeat(1025)));
    assert.deepEqual([statusOf(announced), bodyOf(announced)], [413, 'fake:body_too_large']);
    const head = `POST /fake/items/1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n${CLOSE}\r\n`;
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
    const chunked = await stage.exchange(
      head,
      ...Array.from({ length: 3000 }, () => chunk),
      '0\r\n\r\n',
    );
    assert.deepEqual([statusOf(chunked), bodyOf(chunked)], [413, 'fake:body_too_large']);
  });

  test('headers over the limit, and so far over that nobody reads them', async (context) => {
    const stage = await openStage(context);
    const withHeaders = (bytes: number) => get('/fake/items/1', `X-Long: ${'x'.repeat(bytes)}\r\n`);
    assert.equal(statusOf(await stage.exchange(withHeaders(32_000))), 200);
    for (const bytes of [33_000, 65_536, 120_000]) {
      const text = await stage.exchange(withHeaders(bytes));
      assert.deepEqual([statusOf(text), bodyOf(text)], [431, 'fake:headers_too_large'], `${bytes}`);
    }
    const many = get('/fake/items/1', 'a:b\r\n'.repeat(20_000));
    assert.equal(bodyOf(await stage.exchange(many)), 'fake:headers_too_large');
    const path = get(`/fake/items/${'x'.repeat(65_536)}`);
    assert.equal(bodyOf(await stage.exchange(path)), 'fake:headers_too_large');
    const beyond = await stage.exchange(withHeaders(200_000));
    assert.match(beyond, /^HTTP\/1\.1 431 .*application\/problem\+json/s);
  });

  test('a body that does not arrive, and headers that do not', {
    timeout: 10_000,
  }, async (context) => {
    const stage = await openStage(context, [], { limits: { request_time: 300 } });
    const started = Date.now();
    const body = await stage.exchange(
      'POST /fake/items/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc',
    );
    assert.deepEqual([statusOf(body), bodyOf(body)], [408, 'fake:timed_out']);
    assert.match(body, /\r\nConnection: close\r\n/);
    const head = await stage.exchange('GET /fake/items/1 HTTP/1.1\r\nHost: h\r\nX-Slow: ');
    assert.match(head, /^HTTP\/1\.1 408 .*application\/problem\+json/s);
    assert.ok(Date.now() - started < 3000);
  });

  test('one request too many at once is told to try again', async (context) => {
    const gate = Promise.withResolvers<void>();
    const slow = route('GET', '/fake/slow', async () => {
      await gate.promise;
      return answer('slow');
    });
    const stage = await openStage(context, [slow], { limits: { in_flight: 2 } });
    const held = [stage.exchange(get('/fake/slow')), stage.exchange(get('/fake/slow'))];
    while ((await stage.exchange(get('/fake/word'))).includes('200 OK'));
    const text = await stage.exchange(get('/fake/word'));
    assert.deepEqual([statusOf(text), bodyOf(text)], [503, 'fake:unavailable']);
    assert.equal(statusOf(await stage.exchange(get('/healthz'))), 200, 'health is not counted out');
    gate.resolve();
    assert.deepEqual((await Promise.all(held)).map(bodyOf), ['slow', 'slow']);
    assert.equal(statusOf(await stage.exchange(get('/fake/word'))), 200);
  });
});

test('bodies that come slowly keep nobody out', async (context) => {
  const stage = await openStage(context, [], { limits: { in_flight: 2, request_time: 60_000 } });
  const half = 'POST /fake/items/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nx';
  const slow = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const line = await stage.connect();
      line.socket.write(half);
      return line;
    }),
  );
  assert.equal(statusOf(await stage.exchange(get('/fake/word'))), 200);
  assert.equal(statusOf(await stage.exchange(post('/fake/items/1', 'all of it'))), 200);
  for (const { socket } of slow) socket.destroy();
});

describe('what is no request', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['nonsense', 'hello there\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n'],
    ['a raw byte in a URL', 'GET /fake/items/\xfc?q=\xc3\xbc HTTP/1.1\r\nHost: h\r\n\r\n'],
    ['a bad version', 'GET / HTTP/9.9\r\nHost: h\r\n\r\n'],
    ['a control in a header', 'GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a negative length', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n'],
  ];
  for (const [what, bytes] of cases) {
    test(what, async (context) => {
      const stage = await openStage(context);
      const text = await stage.exchange(Buffer.from(bytes, 'latin1'));
      assert.match(text, /^HTTP\/1\.1 400 .*application\/problem\+json.*"status":400\}$/s);
      assert.equal(statusOf(await stage.exchange(get('/fake/word'))), 200, 'the server lives');
    });
  }

  test('a broken chunk is the dialect\u2019s to refuse', async (context) => {
    const stage = await openStage(context);
    const head = 'POST /fake/items/1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n';
    const text = await stage.exchange(head, 'zz\r\n');
    assert.deepEqual([statusOf(text), bodyOf(text)], [400, 'fake:malformed_request']);
  });

  test('nonsense behind a request does not spoil its answer', async (context) => {
    const gate = Promise.withResolvers<void>();
    const slow = route('GET', '/fake/slow', async () => {
      await gate.promise;
      return answer('slow');
    });
    const stage = await openStage(context, [slow]);
    const line = await stage.connect();
    line.socket.write('GET /fake/slow HTTP/1.1\r\nHost: h\r\n\r\nnonsense\r\n\r\n');
    setTimeout(() => gate.resolve(), 50);
    assert.match(await line.ended(), /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nslow$/s);
  });

  test('a client that goes away in the middle of a body', async (context) => {
    const stage = await openStage(context);
    const line = await stage.connect();
    line.socket.write('POST /fake/items/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc');
    setTimeout(() => line.socket.resetAndDestroy(), 50);
    await line.ended();
    while (stage.log.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(stage.log[0]?.status, undefined);
    assert.equal(statusOf(await stage.exchange(get('/fake/word'))), 200);
  });
});
