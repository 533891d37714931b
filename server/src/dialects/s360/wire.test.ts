/**
 * The dialect against golden exchanges, the host's rejections, bad bodies, and its options.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { StoreFault } from '../../stores/store.ts';
import type { Dialect, Rejection, WireRequest } from '../dialect.ts';
import { exchangeTexts, testErrors, testExchanges, testMarks } from '../exchange.testing.ts';
import { type Ask, request, wireRequest } from '../world.testing.ts';
import { schema } from './config.ts';
import {
  API_KEY,
  DOORS,
  FORMS_KEY,
  INACTIVE_KEY,
  MORE,
  OPERATIONS,
  OPTIONS,
  openStage,
  UUID,
} from './s360.testing.ts';

const EXCHANGES = new URL('./exchanges/', import.meta.url);

/** Of the files that show what options do. */
const FILE_OPTIONS: ReadonlyMap<string, object> = new Map([
  [
    'options.http',
    {
      require_api_key: false,
      api_keys: [],
      unparsable_status: 500,
      error_data: 'absent',
      timeout_code: 'E0004',
    },
  ],
]);

testExchanges(EXCHANGES, async (file) => {
  const { dialect, clock, signIn, pairOf } = await openStage(FILE_OPTIONS.get(file));
  const pair = await pairOf(await signIn());
  const values = {
    ...pair,
    upperToken: pair.sessionToken.toUpperCase(),
    apiKey: API_KEY,
    inactiveKey: INACTIVE_KEY,
    formsKey: FORMS_KEY,
    long: 'x'.repeat(1024),
  };
  return { dialect: withHostFindings(dialect), clock, values };
});

/** As behind a host that finds what the request says in `X-Host-Finds`. */
function withHostFindings(dialect: Dialect): Pick<Dialect, 'routes' | 'reject'> {
  const routes = dialect.routes.map((route) => ({
    ...route,
    handle: async (wire: WireRequest) => {
      const finding = wire.headers['x-host-finds'];
      return finding === undefined
        ? route.handle(wire)
        : dialect.reject(finding as Rejection, wire);
    },
  }));
  return { routes, reject: dialect.reject };
}

testMarks(EXCHANGES);

testErrors(EXCHANGES, new URL('errors.ts', import.meta.url), /code: '(ESB-[^']+)'/g);

test('there is an exchange that goes well and one that does not for every operation', () => {
  const texts = exchangeTexts(EXCHANGES);
  for (const operation of OPERATIONS) {
    const asked = new RegExp(`^POST /idp/sso/v1/${operation}$`, 'm');
    const own = texts.filter((text) => asked.test(text));
    for (const code of ['S0000', 'E000']) {
      assert.ok(
        own.some((text) => text.includes(code)),
        `${operation}: ${code}`,
      );
    }
  }
});

test('the API key is asked for, in a header or in the query', async () => {
  const { signIn, pairOf, dialect } = await openStage();
  const body = { ...(await pairOf(await signIn())) };
  const path = '/idp/sso/v1/refresh';
  const second = 'test0000api0000key000001';
  const good: Ask[] = [
    { path, body, headers: { api_key: API_KEY } },
    { path, body, headers: { API_KEY: second } },
    { path: `${path}?api_key=${second}`, body },
    { path: `${path}?api_key=${second}`, body, headers: { api_key: '' } },
  ];
  for (const ask of good) {
    assert.equal((await request(dialect, ask)).status, 200);
  }
  const wrong = ['', ' ', 'unknown', API_KEY.slice(1), `${API_KEY}, ${second}`];
  const bad: Ask[] = [
    { path, body },
    { path: `${path}?api_key=unknown&api_key=${API_KEY}`, body },
    { path: `${path}?api_key=${INACTIVE_KEY}`, body },
    { path: `${path}?api_key=${API_KEY}`, body, headers: { api_key: INACTIVE_KEY } },
    ...wrong.map((api_key) => ({ path, body, headers: { api_key } })),
  ];
  for (const ask of bad) {
    const { status, headers, body: text } = await request(dialect, ask);
    assert.equal(status, 403);
    assert.equal(text, '<h1>Developer Inactive</h1>');
    assert.equal(text.length, 27);
    assert.equal(headers['X-Mashery-Error-Code'], 'ERR_403_DEVELOPER_INACTIVE');
    assert.equal(headers['X-Error-Detail-Header'], 'Account Inactive');
    assert.equal(headers['X-Mashery-Responder'], '127.0.0.1:8080');
    assert.equal(headers.Server, 'Mashery Proxy');
    assert.equal(headers['Content-Type'], 'text/xml');
  }
});

test('the API key can be switched off', async () => {
  const { signIn, pairOf, dialect } = await openStage({ require_api_key: false, api_keys: [] });
  const body = { ...(await pairOf(await signIn())) };
  assert.equal((await request(dialect, { path: '/idp/sso/v1/refresh', body })).status, 200);
});

test('paths are the ones of the config', async () => {
  const paths = { base: '/sso', refresh: '/again' };
  const { signIn, pairOf, dialect } = await openStage({ paths });
  assert.deepEqual(dialect.prefixes, ['/sso']);
  assert.deepEqual(
    dialect.routes.map(({ method, path }) => `${method} ${path}`),
    OPERATIONS.map((it) => `POST /sso/${it === 'refresh' ? 'again' : it}`),
  );
  const ask = { path: '/sso/again', headers: { api_key: API_KEY } };
  const answer = await request(dialect, { ...ask, body: { ...(await pairOf(await signIn())) } });
  assert.equal(answer.status, 200);
});

test('X-Request-Id comes back, and is made when it is missing or unfit', async () => {
  const { signIn, pairOf, call } = await openStage();
  const pair = await pairOf(await signIn());
  const sent = '5f0c2d1e-0000-4000-8000-000000000001';
  const { headers } = await call('refresh', pair, { 'X-Request-Id': sent });
  assert.equal(headers['X-Request-Id'], sent);
  const unfit = [undefined, '', 'two words', 'ä', 'x'.repeat(129)];
  for (const id of unfit) {
    const answer = await call('refresh', pair, id === undefined ? {} : { 'X-Request-Id': id });
    assert.match(String(answer.headers['X-Request-Id']), UUID);
  }
});

const BAD_BODIES: readonly [body: string | Buffer, status: number, code: string][] = [
  ['', 401, 'ESB-IDP-E0003'],
  ['{}', 401, 'ESB-IDP-E0003'],
  ['{"sessionToken":"","sessionId":"5f0c2d1e-0000-4000-8000-000000000001"}', 401, 'ESB-IDP-E0003'],
  ['{"sessionToken":["a"],"sessionId":{"a":1}}', 401, 'ESB-IDP-E0003'],
  ['{"sessionToken":1,"sessionId":null}', 401, 'ESB-IDP-E0003'],
  ['{"sessionToken":"\\ud800","sessionId":"\\ud800"}', 401, 'ESB-IDP-E0003'],
  ['{"__proto__":{"sessionToken":"a","sessionId":"b"}}', 401, 'ESB-IDP-E0003'],
  ['{', 400, 'ESB-IDP-E0002'],
  ['null', 400, 'ESB-IDP-E0002'],
  ['[]', 400, 'ESB-IDP-E0002'],
  ['"text"', 400, 'ESB-IDP-E0002'],
  ['sessionToken=a&sessionId=b', 400, 'ESB-IDP-E0002'],
  [Buffer.from([0xff, 0xfe, 0x00, 0x7b]), 400, 'ESB-IDP-E0002'],
  [`{"sessionToken":"${'x'.repeat(1_000_000)}","sessionId":"y"}`, 401, 'ESB-IDP-E0003'],
  ['['.repeat(100_000), 400, 'ESB-IDP-E0002'],
];

test('a bad body has the envelope of its own', async () => {
  const { call } = await openStage();
  for (const operation of OPERATIONS) {
    for (const [body, status, code] of BAD_BODIES) {
      const answer = await call(operation, body);
      assert.equal(answer.status, status, String(body).slice(0, 80));
      assert.deepEqual(Object.keys(answer.json), ['status', 'esbUUID', 'desc', 'data']);
      assert.deepEqual(Object.keys(answer.json.desc), ['en', 'ar', 'code']);
      assert.equal(answer.json.status, status);
      assert.equal(answer.json.desc.code, code);
      assert.match(answer.json.esbUUID, UUID);
      assert.equal(answer.json.data, null);
    }
  }
});

test('an unparsable body can be a 500, as the vendor may have it', async () => {
  const { call } = await openStage({ unparsable_status: 500 });
  const { status, json } = await call('refresh', '{');
  assert.equal(status, 500);
  assert.equal(json.status, 500);
  assert.equal((await call('refresh', '{}')).status, 401);
});

test('what the host finds is said in the envelope', async () => {
  const { dialect } = await openStage();
  const expected: Record<Rejection, [status: number, code: string]> = {
    no_such_path: [404, 'ESB-IDP-E0404'],
    method_not_allowed: [405, 'ESB-IDP-E0405'],
    body_too_large: [413, 'ESB-IDP-E0413'],
    headers_too_large: [431, 'ESB-IDP-E0431'],
    malformed_request: [400, 'ESB-IDP-E0002'],
    timed_out: [408, 'ESB-IDP-E0408'],
    unavailable: [503, 'ESB-IDP-E0503'],
    internal_error: [500, 'ESB-IDP-E0500'],
  };
  const wire = wireRequest({ path: '/idp/sso/v1/nothing' });
  for (const [rejection, [status, code]] of Object.entries(expected)) {
    const answer = dialect.reject(rejection as Rejection, wire);
    assert.equal(answer.status, status);
    assert.equal(JSON.parse(answer.body).desc.code, code);
    assert.equal(JSON.parse(answer.body).status, status);
    assert.equal(answer.headers['Retry-After'], status === 503 ? '1' : undefined);
  }
});

test('a store that is down is for the host to answer', async () => {
  const { signIn, pairOf, childOf, call, store } = await openStage();
  const own = await pairOf(await signIn());
  const child = await childOf(own);
  store.read = () => Promise.reject(new StoreFault('down'));
  for (const operation of OPERATIONS) {
    const pair = DOORS[operation] === 'owner' ? own : child;
    await assert.rejects(call(operation, { ...pair, ...MORE[operation] }), StoreFault);
  }
});

test('options that cannot work are refused', () => {
  assert.equal(schema.safeParse(OPTIONS).success, true);
  for (const options of [
    { unknown: 1 },
    { external_systems: [{ name: 'a', jwt_key: 'short' }] },
    { external_systems: [{ name: 'a', token_key: 'ab' }] },
    { paths: { base: 'idp' } },
    { paths: { refresh: '/:x' } },
    { paths: { refresh: '/authenticate' } },
    { external_systems: [{ name: 'a' }, { name: 'a' }] },
    { jwt_life: '0s' },
    { unparsable_status: 200 },
    { paths: { child_get: '/child/refresh' } },
    { token_encryption: 'none' },
    { timeout_code: 'E0001' },
    { error_data: 'empty' },
    { api_keys: [{ key: 'a', external_systems: ['nobody'] }] },
    { authority_types: [] },
    { authority_types: [{ name: 'SELF' }, { name: 'SELF' }] },
    { external_systems: [{ name: 'a', authority_type: 'COMPANY' }] },
    { external_systems: [{ name: 'a', token_key: '0'.repeat(40) }] },
  ]) {
    assert.equal(schema.safeParse(options).success, false, JSON.stringify(options));
  }
});
