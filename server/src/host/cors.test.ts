/** Cross-origin calls over real sockets: preflights, what pages are shown, and who is told nothing. */

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { WireAnswer } from '../dialects/dialect.ts';
import {
  answer,
  Busy,
  bodyOf,
  get,
  openStage as openHostStage,
  post,
  route,
  type Stage,
  seen,
  statusOf,
} from './host.testing.ts';

const APP = 'https://app.example';
const LISTED = [APP, 'capacitor://localhost'];
const EXPOSE = 'access-control-expose-headers';

const openStage = (
  context: TestContext,
  routes: Parameters<typeof openHostStage>[1] = [],
  origins: readonly string[] = LISTED,
) => openHostStage(context, routes, { cors: { origins: [...origins] } });

/** The headers of an answer, by name in lower case; one that came twice, as two lines. */
function headersOf(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n').slice(1)) {
    const at = line.indexOf(': ');
    const name = line.slice(0, at).toLowerCase();
    const value = line.slice(at + 2);
    headers[name] = name in headers ? `${headers[name]}\n${value}` : value;
  }
  return headers;
}

/** Those that have to do with origins. */
function corsOf(text: string): Record<string, string> {
  const entries = Object.entries(headersOf(text));
  return Object.fromEntries(entries.filter(([name]) => /^access-control-|^vary$/.test(name)));
}

const SHARED = {
  'access-control-allow-origin': APP,
  'access-control-allow-credentials': 'true',
  vary: 'Origin',
};
const CLOSED = { vary: 'Origin' };

function preflight(target: string, headers = '', origin = APP): string {
  const asked = `Origin: ${origin}\r\nAccess-Control-Request-Method: POST\r\n${headers}`;
  return get(target, asked).replace('GET', 'OPTIONS');
}

const call = ({ exchange }: Stage, target: string, origin: string) =>
  exchange(get(target, `Origin: ${origin}\r\n`));

test('a page is shown to nobody from elsewhere, listed or not (RFC 9700, 2.6)', async (context) => {
  const answer = { status: 200, headers: {}, body: 'a page' };
  const page = { method: 'GET', path: '/fake/page', name: 'page', isPage: true } as const;
  const stage = await openStage(context, [{ ...page, handle: async () => answer }]);
  assert.deepEqual(corsOf(await call(stage, '/fake/page', APP)), CLOSED);
  assert.deepEqual(corsOf(await call(stage, '/fake/word', APP)), SHARED);
});

describe('a preflight', () => {
  test('of a listed origin is told the methods of the path and the headers it asked for', async (context) => {
    const stage = await openStage(context);
    const asked = 'Access-Control-Request-Headers: authorization, x-Requested-With\r\n';
    const text = await stage.exchange(preflight('/fake/items/7/?a=1', asked));
    assert.deepEqual([statusOf(text), bodyOf(text)], [204, '']);
    assert.deepEqual(corsOf(text), {
      ...SHARED,
      'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
      'access-control-allow-headers': 'authorization, x-Requested-With',
      'access-control-max-age': '86400',
    });
    const bare = corsOf(await stage.exchange(preflight('/fake/word', '', 'capacitor://localhost')));
    assert.equal(bare['access-control-allow-origin'], 'capacitor://localhost');
    assert.equal(bare['access-control-allow-methods'], 'GET, HEAD');
    assert.equal(bare['access-control-allow-headers'], undefined);
  });

  test('is allowed what are names of headers, and no more than anybody needs', async (context) => {
    const stage = await openStage(context);
    const ask = async (asked: string) => {
      const header = `Access-Control-Request-Headers: ${asked}\r\n`;
      return corsOf(await stage.exchange(preflight('/fake/word', header)))[
        'access-control-allow-headers'
      ];
    };
    assert.equal(await ask('x-a, a b, <b>, x:y, "q", , x-c'), 'x-a, x-c');
    assert.equal(await ask('a b'), undefined);
    assert.equal(await ask(`x-a, ${'x'.repeat(129)}`), 'x-a');
    const many = Array.from({ length: 500 }, (_, at) => `x-${at}`);
    assert.equal((await ask(many.join(',')))?.split(', ').length, 100);
  });

  test('of a path without routes is no such path; it may be seen', async (context) => {
    const stage = await openStage(context);
    const text = await stage.exchange(preflight('/fake/none'));
    assert.deepEqual([statusOf(text), bodyOf(text)], [404, 'fake:no_such_path']);
    assert.deepEqual(corsOf(text), { ...SHARED, [EXPOSE]: 'X-Dialect' });
  });

  test('is none without an origin that is listed, or a method that is asked for', async (context) => {
    const stage = await openStage(context);
    const cases: readonly (readonly [string, object])[] = [
      [preflight('/fake/word', '', 'https://evil.example'), CLOSED],
      [preflight('/fake/word').replace(/Origin: .*\r\n/, ''), CLOSED],
      [preflight('/fake/word').replace('OPTIONS', 'PUT'), { ...SHARED, [EXPOSE]: 'X-Dialect' }],
      [
        preflight('/fake/word').replace(/Access-Control-Request-Method: .*\r\n/, ''),
        { ...SHARED, [EXPOSE]: 'X-Dialect' },
      ],
      [
        preflight('/fake/word').replace('Method: POST', 'Method:'),
        { ...SHARED, [EXPOSE]: 'X-Dialect' },
      ],
    ];
    for (const [request, expected] of cases) {
      const text = await stage.exchange(request);
      assert.deepEqual([statusOf(text), bodyOf(text)], [405, 'fake:method_not_allowed'], request);
      assert.equal(headersOf(text).allow, 'GET, HEAD');
      assert.deepEqual(corsOf(text), expected, request);
    }
  });

  test('reaches no handler, and comes after what is wrong with every request', async (context) => {
    let calls = 0;
    const counted = route('POST', '/fake/counted', async () => {
      calls++;
      return answer('done');
    });
    const stage = await openStage(context, [counted]);
    assert.equal(statusOf(await stage.exchange(preflight('/fake/counted'))), 204);
    assert.equal(calls, 0);
    const bad = preflight('/fake/counted').replace('lamp.example:81', 'a b');
    const text = await stage.exchange(bad);
    assert.deepEqual([statusOf(text), bodyOf(text)], [400, 'fake:malformed_request']);
    assert.equal(statusOf(await stage.exchange(post('/fake/counted', ''))), 200);
    assert.equal(calls, 1);
  });
});

describe('an answer', () => {
  const written = (headers: WireAnswer['headers']) =>
    route('GET', '/fake/written', async () => ({ status: 200, headers, body: 'body' }));

  test('to a listed origin is shown to it, with the headers that it has of its own', async (context) => {
    const headers = {
      'Content-Type': 'text/plain',
      'Cache-Control': 'no-store',
      'X-One': '1',
      'Content-API-Version': 'resource=2.0',
      'Set-Cookie': ['a=1', 'b=2'],
      ETag: '"e"',
    };
    const stage = await openStage(context, [written(headers)]);
    const text = await call(stage, '/fake/written', APP);
    assert.deepEqual(corsOf(text), { ...SHARED, [EXPOSE]: 'X-One, Content-API-Version, ETag' });
    assert.equal(headersOf(text)['set-cookie'], 'a=1\nb=2');
    assert.equal(bodyOf(text), 'body', 'the body is the vendor\u2019s');
    assert.deepEqual(corsOf(await call(stage, '/fake/word', APP)), SHARED);
  });

  test('to any other is not; caches are told in either case', async (context) => {
    const stage = await openStage(context, [written({ 'X-One': '1' })]);
    const others = [
      'https://evil.example',
      'http://app.example',
      `${APP}:8443`,
      `${APP}/`,
      `${APP}.evil.example`,
      'https://APP.example',
      'null',
      '*',
      `${APP}, ${APP}`,
    ];
    for (const origin of others) {
      const text = await call(stage, '/fake/written', origin);
      assert.deepEqual([statusOf(text), corsOf(text)], [200, CLOSED], origin);
    }
    assert.deepEqual(corsOf(await stage.exchange(get('/fake/written'))), CLOSED);
  });

  test('keeps what it varies by', async (context) => {
    const cases: readonly (readonly [WireAnswer['headers'], string])[] = [
      [{ Vary: 'Accept' }, 'Accept, Origin'],
      [{ vary: ['Accept', 'X-Originator'] }, 'Accept, X-Originator, Origin'],
      [{ Vary: 'Accept,origin' }, 'Accept,origin'],
      [{ VARY: '*' }, '*'],
      [{ Vary: '' }, 'Origin'],
    ];
    for (const [headers, expected] of cases) {
      const stage = await openStage(context, [written(headers)]);
      for (const origin of [APP, 'https://evil.example']) {
        assert.equal(headersOf(await call(stage, '/fake/written', origin)).vary, expected);
      }
    }
  });

  test('that refuses is shown as well, whoever refuses', async (context) => {
    const stage = await openStage(context, [
      route('GET', '/fake/busy', async () => Promise.reject(new Busy('the disk is full'))),
      route('GET', '/fake/bug', async () => Promise.reject(new Error('a bug'))),
      route('GET', '/fake/bad', async () => ({ status: 7, headers: {}, body: '' })),
    ]);
    const cases: readonly (readonly [string, number])[] = [
      ['/fake/none', 404],
      ['/nowhere', 404],
      ['/fake/items/%', 400],
      ['/fake/busy', 503],
      ['/fake/bug', 500],
      ['/fake/bad', 500],
      [`/fake/items/${'i'.repeat(40_000)}`, 431],
    ];
    for (const [target, status] of cases) {
      const text = await call(stage, target, APP);
      assert.equal(statusOf(text), status, target);
      assert.equal(corsOf(text)['access-control-allow-origin'], APP, target);
      const evil = await call(stage, target, 'https://evil.example');
      assert.deepEqual([statusOf(evil), corsOf(evil)], [status, CLOSED], target);
    }
  });

  test('is shown to nobody when two origins are named', async (context) => {
    const stage = await openStage(context);
    const { headers } = await seen(stage, get('/fake/items/1', `Origin: ${APP}\r\n`));
    assert.equal(headers.origin, APP, 'handlers see it as it came');
    const twice = get('/fake/word', `Origin: ${APP}\r\nOrigin: https://evil.example\r\n`);
    assert.deepEqual(corsOf(await stage.exchange(twice)), CLOSED);
  });
});

test('without listed origins nothing is said', async (context) => {
  const stage = await openStage(context, [], []);
  assert.deepEqual(corsOf(await call(stage, '/fake/word', APP)), {});
  const text = await stage.exchange(preflight('/fake/word'));
  assert.deepEqual([statusOf(text), corsOf(text)], [405, {}]);
});
