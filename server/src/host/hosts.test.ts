/** Several instances of a dialect on one port: the host that a client used says which one answers. */

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Dialect } from '../dialects/dialect.ts';
import {
  answer,
  bodyOf,
  dialect,
  get,
  openStage as openHostStage,
  post,
  route,
  statusOf,
} from './host.testing.ts';

/** Like zendesk: the same paths in each, and one more that only `name` has. */
function desk(name: string, hosts: readonly string[]): Dialect {
  const routes = [
    route('GET', '/api/v2/users/me', async () => answer(`${name} me`)),
    route('GET', '/api/v2/sessions/:id', async ({ params }) => answer(`${name} ${params.id}`)),
    route('DELETE', '/api/v2/sessions/:id', async () => answer(`${name} gone`)),
    route('POST', `/api/v2/${name}`, async () => answer(`${name} alone`)),
  ];
  return dialect(name, ['/api/v2'], routes, hosts);
}

const ONE = desk('one', ['one.example', 'uno.example']);
const TWO = desk('two', ['two.example', '[::1]']);
const REST = desk('rest', []);

async function stageOf(context: TestContext, dialects: readonly Dialect[], options = {}) {
  const stage = await openHostStage(context, [], { dialects, ...options });
  const ask = async (request: string, host: string) => {
    const text = await stage.exchange(request.replace(/Host: .*\r\n/, `Host: ${host}\r\n`));
    return [statusOf(text), bodyOf(text)];
  };
  return { ...stage, ask };
}

describe('a request is answered', () => {
  test('by the instance that names its host, whatever the port and the case', async (context) => {
    const { ask } = await stageOf(context, [REST, ONE, TWO]);
    const cases: readonly (readonly [string, string])[] = [
      ['one.example', 'one'],
      ['uno.example', 'one'],
      ['ONE.Example:8443', 'one'],
      ['one.example.', 'one'],
      ['one.example.:80', 'one'],
      ['two.example:81', 'two'],
      ['[::1]:8080', 'two'],
      ['[::1]', 'two'],
      ['three.example', 'rest'],
      ['one.example.evil.example', 'rest'],
      ['xone.example', 'rest'],
    ];
    for (const [host, name] of cases) {
      assert.deepEqual(await ask(get('/api/v2/users/me'), host), [200, `${name} me`], host);
      assert.deepEqual(await ask(get('/api/v2/sessions/7/'), host), [200, `${name} 7`], host);
    }
    const head = get('/api/v2/users/me').replace('GET', 'HEAD');
    assert.deepEqual(await ask(head, 'one.example'), [200, '']);
  });

  test('by nobody at another host, where none answers at every host', async (context) => {
    const { ask } = await stageOf(context, [ONE, TWO, dialect('root', ['/'], [])]);
    assert.deepEqual(await ask(get('/api/v2/users/me'), 'two.example'), [200, 'two me']);
    for (const path of ['/api/v2/users/me', '/api/v2/none', '/api/v2/one']) {
      assert.deepEqual(await ask(get(path), 'three.example'), [404, 'root:no_such_path'], path);
    }
    const alone = await stageOf(context, [ONE]);
    assert.deepEqual(await alone.ask(get('/api/v2/users/me'), 'uno.example'), [200, 'one me']);
    const [status, body] = await alone.ask(get('/api/v2/users/me'), 'h');
    assert.deepEqual([status, JSON.parse(String(body)).status], [404, 404], 'problem details');
  });

  test('for the host that a proxy of ours forwards, and that of no other', async (context) => {
    const forwarded = get('/api/v2/users/me', 'X-Forwarded-Host: two.example\r\n');
    const ours = await stageOf(context, [REST, ONE, TWO], { trustedProxies: ['127.0.0.0/8'] });
    assert.deepEqual(await ours.ask(forwarded, 'one.example'), [200, 'two me']);
    const other = await stageOf(context, [REST, ONE, TWO], { trustedProxies: ['10.0.0.0/8'] });
    assert.deepEqual(await other.ask(forwarded, 'one.example'), [200, 'one me']);
  });
});

describe('what no route takes', () => {
  test('is rejected by the instance of the host', async (context) => {
    const { ask } = await stageOf(context, [REST, ONE, TWO]);
    for (const [host, name] of [
      ['one.example', 'one'],
      ['two.example', 'two'],
      ['else.example', 'rest'],
    ] as const) {
      assert.deepEqual(await ask(get('/api/v2/none'), host), [404, `${name}:no_such_path`]);
      assert.deepEqual(await ask(get('/api/v2/%zz'), host), [400, `${name}:malformed_request`]);
    }
    assert.deepEqual(await ask(get('/api/v2/users/me'), 'a b'), [400, 'rest:malformed_request']);
  });

  test('has the methods that the path has at that host', async (context) => {
    const stage = await stageOf(context, [REST, ONE, TWO]);
    const own = await stage.ask(post('/api/v2/one', ''), 'one.example');
    assert.deepEqual(own, [200, 'one alone']);
    assert.deepEqual(await stage.ask(post('/api/v2/one', ''), 'two.example'), [
      404,
      'two:no_such_path',
    ]);
    assert.deepEqual(await stage.ask(get('/api/v2/one'), 'one.example'), [
      405,
      'one:method_not_allowed',
    ]);
    assert.deepEqual(await stage.ask(get('/api/v2/one'), 'two.example'), [404, 'two:no_such_path']);
  });

  test('nor is a preflight answered for what another host has', async (context) => {
    const cors = { origins: ['https://app.example'] };
    const { ask } = await stageOf(context, [ONE, TWO], { cors });
    const asked = 'Origin: https://app.example\r\nAccess-Control-Request-Method: POST\r\n';
    const preflight = get('/api/v2/one', asked).replace('GET', 'OPTIONS');
    assert.deepEqual(await ask(preflight, 'one.example'), [204, '']);
    assert.deepEqual(await ask(preflight, 'two.example'), [404, 'two:no_such_path']);
  });
});

test('an instance may be the only one that has a path', async (context) => {
  const routes = [route('GET', '/other', async () => answer('other'))];
  const { ask } = await stageOf(context, [
    ONE,
    dialect('other', ['/other'], routes, ['o.example']),
  ]);
  assert.deepEqual(await ask(get('/other'), 'o.example'), [200, 'other']);
  assert.equal((await ask(get('/other'), 'one.example'))[0], 404);
  assert.equal((await ask(get('/api/v2/users/me'), 'o.example'))[0], 404);
  assert.equal((await ask(get('/healthz'), 'nobody.example'))[0], 200, 'the host\u2019s own');
});

test('two of the same host are no server', async (context) => {
  const twins: readonly (readonly [Dialect, Dialect])[] = [
    [desk('a', []), desk('b', [])],
    [desk('a', ['x.example']), desk('b', ['y.example', 'x.example'])],
  ];
  for (const dialects of twins) {
    await assert.rejects(openHostStage(context, [], { dialects }), /two routes at one host/);
  }
});
