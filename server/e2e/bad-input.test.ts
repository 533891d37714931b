/**
 * Bad input on every route: the dialect's own 4xx, never a 5xx, never a stack, and the process lives.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Route } from '../src/dialects/dialect.ts';
import { createDialects, dialectSchemas } from '../src/dialects/registry.ts';
import { openWorld } from '../src/dialects/world.testing.ts';
import { demo } from './configs.ts';
import { type Program, startProgram } from './program.ts';
import { type Answer, type Ask, openWire, type Wire } from './wire.ts';

const KIB = 1024;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** What a request may hold that it should not. Each is sent to every route. */
const BODIES: readonly [string, Pick<Ask, 'headers' | 'body'>][] = [
  ['no body', {}],
  ['an empty object', { headers: JSON_TYPE, body: '{}' }],
  ['an array', { headers: JSON_TYPE, body: '[1,2,3]' }],
  ['null', { headers: JSON_TYPE, body: 'null' }],
  ['a number', { headers: JSON_TYPE, body: '17' }],
  ['half an object', { headers: JSON_TYPE, body: '{"username":' }],
  ['the wrong types', { headers: JSON_TYPE, body: wrongTypes() }],
  ['a deep object', { headers: JSON_TYPE, body: `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}` }],
  ['binary as JSON', { headers: JSON_TYPE, body: Buffer.from([0, 255, 254, 0, 17, 128]) }],
  ['binary as a form', { headers: FORM_TYPE, body: Buffer.from([0, 255, 254, 0, 17, 128]) }],
  ['a form with every parameter twice', { headers: FORM_TYPE, body: twice() }],
  ['a form with bad escapes', { headers: FORM_TYPE, body: 'grant_type=%E0%A4%A&code=%zz&%=&=' }],
  ['the wrong content type', { headers: { 'Content-Type': 'text/csv' }, body: 'a,b' }],
  ['a content type that is none', { headers: { 'Content-Type': ';;;' }, body: 'x' }],
  [
    'lone surrogates and NUL',
    { headers: JSON_TYPE, body: '{"username":"\\ud800","password":"\\u0000"}' },
  ],
  ['a large body', { headers: JSON_TYPE, body: `{"username":"${'x'.repeat(900 * KIB)}"}` }],
  ['a body over the limit', { headers: JSON_TYPE, body: 'x'.repeat(1200 * KIB) }],
];

const HEADERS: readonly [string, Readonly<Record<string, string>>][] = [
  ['64 KiB of headers', { 'X-Filler': 'x'.repeat(64 * KIB) }],
  ['a Basic header that is none', { Authorization: 'Basic %%%' }],
  ['a Bearer header of 8 KiB', { Authorization: `Bearer ${'A'.repeat(8 * KIB)}` }],
  ['a cookie that is none', { Cookie: '=;;a;_zendesk_shared_session=;iPlanetDirectoryPro="' }],
  ['a version that is none', { 'Accept-API-Version': 'resource=one' }],
];

const QUERIES = [
  'a=1&a=2',
  '%',
  '%E0%A4%A=x',
  '_action=refresh&_action=logout',
  'limit=-1&after=%00',
  `q=${'x'.repeat(4 * KIB)}`,
];

function wrongTypes(): string {
  const odd = [7, true, null, [], {}, ['x'], { a: 1 }];
  const names = ['username', 'password', 'user_name', 'session_token', 'sessionToken', 'sessionId'];
  const more = ['device_fingerprint', 'dialect', 'tokenId', '__proto__', 'constructor'];
  const members = [...names, ...more].map((name, at) => [name, odd[at % odd.length]]);
  return JSON.stringify(Object.fromEntries(members));
}

function twice(): string {
  const names = ['grant_type', 'code', 'refresh_token', 'client_id', 'client_secret', 'scope'];
  return names.map((name) => `${name}=a&${name}=b`).join('&');
}

describe('bad input', () => {
  const data = mkdtempSync(join(tmpdir(), 'lamplighter-bad-'));
  let program: Program;
  let wire: Wire;

  before(async () => {
    program = await startProgram({ data });
    wire = openWire(program.base, 16);
  });

  after(async () => {
    wire.close();
    await program.stop();
    rmSync(data, { recursive: true, force: true });
  });

  function assertRefused(answer: Answer, what: string) {
    // AM says 501 of what a resource cannot do, and means the client (fact sheet 1.5).
    const isFault = answer.status >= 500 && !/^\{"code":501,/.test(answer.body);
    assert.ok(!isFault, `${what}: ${answer.status} ${answer.body.slice(0, 200)}`);
    assert.doesNotMatch(answer.body, /\bat .+:\d+:\d+|node:internal|\.ts:\d+/, what);
  }

  /** A path of the route, with something in place of each parameter. */
  function fill(route: Route, value: string): string {
    return route.path.replace(':realm', 'alpha').replace(/:\w+/g, value);
  }

  it('is refused on every route, in every form', async () => {
    const routes = await allRoutes();
    assert.ok(routes.length >= 25, `only ${routes.length} routes`);
    const asks: [string, Ask][] = [];
    for (const route of routes) {
      const { method } = route;
      const path = fill(route, 'x');
      const at = `${method} ${route.path}`;
      for (const [what, more] of BODIES) asks.push([`${at}: ${what}`, { method, path, ...more }]);
      for (const [what, headers] of HEADERS)
        asks.push([`${at}: ${what}`, { method, path, headers }]);
      for (const query of QUERIES) {
        asks.push([`${at}: ?${query.slice(0, 30)}`, { method, path: `${path}?${query}` }]);
      }
      for (const odd of ['%00', '..%2f..', '%E0%A4%A', 'é', 'x'.repeat(300)]) {
        asks.push([
          `${at}: a path with ${odd.slice(0, 9)}`,
          { method, path: encodeSpare(fill(route, odd)) },
        ]);
      }
    }
    for (let begin = 0; begin < asks.length; begin += 16) {
      const group = asks.slice(begin, begin + 16);
      const answers = await Promise.all(group.map(([, ask]) => wire.send(ask).catch(closedEarly)));
      for (const [at, answer] of answers.entries()) assertRefused(answer, group[at]?.[0] ?? '');
    }
    await assertLives();
  });

  it('has the refusal of its own dialect, over the limits of the host too', async () => {
    const filler = { 'X-Filler': 'x'.repeat(64 * KIB) };
    const body = 'x'.repeat(1200 * KIB);
    const shapes: [string, RegExp][] = [
      ['/am/json/realms/root/realms/alpha/sessions?_action=refresh', /^\{"code":4\d\d,"reason":/],
      ['/am/oauth2/realms/root/realms/alpha/access_token', /"error":"/],
      ['/idp/sso/v1/refresh', /^\{"status":4\d\d,"esbUUID":/],
      ['/api/v2/tenant/sso/session-token/refresh', /"error_code":"/],
      ['/api/v2/users/me/session/renew.json', /"error":/],
      ['/lamplighter/v1/realms/alpha/sessions', /"type":"urn:lamplighter:problem:/],
    ];
    for (const [path, shape] of shapes) {
      const method = path.includes('/users/me/') ? 'GET' : 'POST';
      const large = await wire.send({ method, path, headers: filler });
      assert.equal(large.status, 431, path);
      assert.match(large.body, shape, path);
      if (method === 'GET') continue;
      const long = await wire.send({ method, path, headers: JSON_TYPE, body }).catch(closedEarly);
      assert.ok([413, 0].includes(long.status), `${path}: ${long.status}`);
    }
  });

  it('that is no HTTP at all is turned away', async () => {
    for (const text of [
      '\0\0\0\0',
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n',
    ]) {
      const answer = await raw(text);
      assert.ok(
        answer === '' || /^HTTP\/1\.1 4\d\d /.test(answer),
        JSON.stringify(answer.slice(0, 80)),
      );
      assert.doesNotMatch(answer, /node:internal|\.ts:\d+/);
    }
    await assertLives();
  });

  async function assertLives() {
    assert.equal((await wire.send({ method: 'GET', path: '/healthz' })).status, 200);
    assert.doesNotMatch(program.log(), /"level":"?(fatal|60)/);
    assert.doesNotMatch(program.log(), /internal_error/, program.log().slice(-2000));
  }

  function raw(text: string): Promise<string> {
    const { hostname, port } = new URL(program.base);
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.end(text));
      socket.setTimeout(5000, () => socket.destroy());
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });
  }
});

/** A server may close the connection on a body that it does not want to read. */
function closedEarly(error: NodeJS.ErrnoException): Answer {
  if (!['EPIPE', 'ECONNRESET'].includes(error.code ?? '')) throw error;
  return { status: 0, headers: {}, cookies: [], body: '' };
}

/** What node's client would not send in a path. */
function encodeSpare(path: string): string {
  return path.replace(/[^\x21-\x7e]/g, (letter) => encodeURIComponent(letter));
}

/** The demo's dialects, made once more beside the program, for their tables of routes. */
async function allRoutes(): Promise<readonly Route[]> {
  const { services } = await openWorld();
  const options = Object.entries(demo().dialects).map(([name, written]) => [
    name,
    dialectSchemas[name]?.parse(written ?? {}),
  ]);
  return createDialects(services, Object.fromEntries(options)).flatMap(({ routes }) => routes);
}
