/**
 * The native API: golden exchanges, who may do what, ends by the many, input of any sort.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { testExchanges } from '../exchange.testing.ts';
import { openWorld, request, type World, type WorldOptions } from '../world.testing.ts';
import { schema } from './config.ts';
import { native } from './index.ts';
import { SCHEMAS } from './openapi.ts';

const BASE = '/lamplighter/v1';
const SESSIONS = `${BASE}/realms/alpha/sessions`;

async function stage(options: WorldOptions = {}) {
  const world = await openWorld({ realms: ['beta'], ...options });
  const dialect = world.join(native.create(world.services, schema.parse({})));
  return { world, dialect, clock: world.clock };
}

testExchanges(new URL('exchanges/', import.meta.url), () => stage());

type Stage = Awaited<ReturnType<typeof stage>>;

async function call(
  { dialect }: Stage,
  method: string,
  path: string,
  token?: string,
  body?: Record<string, unknown>,
) {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers.Authorization = `Bearer ${token}`;
  const answer = await request(dialect, { method, path, headers, ...(body && { body }) });
  return { status: answer.status, body: JSON.parse(answer.body) };
}

async function signIn(on: Stage, who: keyof World['people']) {
  const { username, password } = on.world.people[who];
  const { body } = await call(on, 'POST', SESSIONS, undefined, { username, password });
  return { token: String(body.token), id: String(body.session.id) };
}

describe('who may do what', () => {
  const add = { username: 'nour', password: 'a-long-password-9' };
  const password = { password: 'another-password-9' };

  /** Status for: nobody, another person, oneself, an administrator. `ADA` is ada's session. */
  const table: [string, string, Record<string, unknown> | undefined, number[]][] = [
    ['GET', `${SESSIONS}/ADA`, undefined, [401, 404, 200, 200]],
    ['GET', `${SESSIONS}/ADA/why`, undefined, [401, 404, 200, 200]],
    ['DELETE', `${SESSIONS}/ADA`, undefined, [401, 404, 200, 200]],
    ['GET', `${SESSIONS}?subject=ada`, undefined, [401, 403, 200, 200]],
    ['DELETE', `${SESSIONS}?subject=nobody`, undefined, [401, 403, 403, 404]],
    ['GET', `${SESSIONS}?subject=Ada%40Example.com`, undefined, [401, 403, 403, 200]],
    ['GET', `${SESSIONS}/0000000000000000`, undefined, [401, 404, 404, 404]],
    ['GET', `${BASE}/realms/beta/sessions/ADA`, undefined, [401, 401, 401, 401]],
    ['GET', `${BASE}/keys`, undefined, [401, 403, 403, 200]],
    ['POST', `${BASE}/keys/signing/rotate`, undefined, [401, 403, 403, 201]],
    ['POST', `${BASE}/keys/other/rotate`, undefined, [401, 403, 403, 404]],
    ['POST', `${BASE}/realms/alpha/users`, add, [401, 403, 403, 201]],
    ['PUT', `${BASE}/realms/alpha/users/nobody/password`, password, [401, 403, 403, 404]],
    ['PUT', `${BASE}/realms/alpha/users/ada/password`, password, [401, 403, 401, 200]],
    ['GET', `${BASE}/openapi.json`, undefined, [200, 200, 200, 200]],
  ];

  for (const [method, path, body, expected] of table) {
    it(`${method} ${path}`, async () => {
      const on = await stage();
      const ada = await signIn(on, 'ada');
      const others = [await signIn(on, 'grace'), ada, await signIn(on, 'root')];
      const statuses: number[] = [];
      for (const token of [undefined, ...others.map((caller) => caller.token)]) {
        const { status } = await call(on, method, path.replace('ADA', ada.id), token, body);
        statuses.push(status);
      }
      // An administrator who comes after ada's own sign-out still sees the session.
      assert.deepEqual(statuses, expected);
    });
  }
});

describe('ends', () => {
  it('of all sessions of a person leave none, and say so', async () => {
    const on = await stage();
    const mine = [await signIn(on, 'ada'), await signIn(on, 'ada'), await signIn(on, 'ada')];
    const other = await signIn(on, 'grace');
    const first = mine[0]?.token;
    assert.deepEqual((await call(on, 'DELETE', SESSIONS, first)).body, { ended: 3 });
    for (const { token } of mine) {
      const { status, body } = await call(on, 'POST', `${SESSIONS}/current/renew`, token);
      assert.equal(status, 401);
      assert.equal(body.end.reason, 'signed_out_everywhere');
    }
    assert.equal((await call(on, 'GET', `${SESSIONS}/current`, other.token)).status, 200);
  });

  it('by an administrator, by a new password and by time each have their reason', async () => {
    const on = await stage();
    const root = await signIn(on, 'root');
    const ended = await signIn(on, 'ada');
    await call(on, 'DELETE', `${SESSIONS}/${ended.id}`, root.token);
    const expired = await signIn(on, 'ada');
    on.world.clock.advance(29 * 60_000);
    const changed = await signIn(on, 'ada');
    await call(on, 'POST', `${SESSIONS}/current/renew`, root.token);
    on.world.clock.advance(60_000);
    await call(on, 'PUT', `${BASE}/realms/alpha/users/ada/password`, root.token, {
      password: 'a-third-password-3',
    });
    const reasons = [];
    for (const { id } of [ended, expired, changed]) {
      const { body } = await call(on, 'GET', `${SESSIONS}/${id}/why`, root.token);
      reasons.push([body.end.reason, body.end.by]);
    }
    assert.deepEqual(reasons, [
      ['ended_by_administrator', 'admin'],
      ['idle_timeout', 'policy'],
      ['password_changed', 'admin'],
    ]);
    const old = { username: 'ada', password: on.world.people.ada.password };
    assert.equal((await call(on, 'POST', SESSIONS, undefined, old)).status, 401);
  });
});

describe("one's own password", () => {
  it('is changed with the current one alone, by an administrator too', async () => {
    for (const who of ['ada', 'root'] as const) {
      const on = await stage();
      const { token } = await signIn(on, who);
      const path = `${BASE}/realms/alpha/users/${who}/password`;
      const password = 'another-password-9';
      const put = async (body: Record<string, unknown>) =>
        (await call(on, 'PUT', path, token, { password, ...body })).status;
      assert.equal(await put({}), 401);
      assert.equal(await put({ current_password: 'guessed-wrong-1' }), 401);
      assert.equal(await put({ current_password: on.world.people[who].password }), 200);
      assert.equal((await call(on, 'GET', SESSIONS, token)).status, 401);
    }
  });
});

describe('wrong passwords', () => {
  const wrong = { username: 'ada', password: 'guessed-wrong-1' };

  /** A sign-in from an address. */
  async function post(on: Stage, body: Record<string, unknown>, address: string) {
    const answer = await request(on.dialect, { method: 'POST', path: SESSIONS, body, address });
    const type: string = JSON.parse(answer.body).type ?? '';
    return { ...answer, code: type.replace('urn:lamplighter:problem:', '') };
  }

  it('lock a login where they came from: 429, with the time to wait, known or not', async () => {
    for (const username of ['ada', 'nobody']) {
      const on = await stage({ lockout: { failures: 3 } });
      const right = { username, password: on.world.people.ada.password };
      for (let count = 0; count < 3; count++) {
        const { status, code } = await post(on, { ...wrong, username }, '192.0.2.1');
        assert.deepEqual([status, code], [401, 'wrong_credentials']);
      }
      on.clock.advance(60_500);
      const { status, code, headers } = await post(on, right, '192.0.2.1');
      assert.deepEqual([status, code, headers['Retry-After']], [429, 'locked', '840']);
      const elsewhere = await post(on, right, '192.0.2.2');
      assert.equal(elsewhere.status, username === 'ada' ? 201 : 401);
      on.clock.advance(839_500);
      const after = await post(on, right, '192.0.2.1');
      assert.equal(after.status, username === 'ada' ? 201 : 401);
    }
  });

  it('are counted as well where somebody changes their own', async () => {
    const on = await stage({ lockout: { failures: 3 } });
    const { token } = await signIn(on, 'ada');
    const path = `${BASE}/realms/alpha/users/ada/password`;
    const put = (current: string) =>
      call(on, 'PUT', path, token, { password: 'another-password-9', current_password: current });
    for (let count = 0; count < 3; count++) {
      assert.equal((await put('guessed-wrong-1')).body.status, 401);
    }
    const { status, body } = await put(on.world.people.ada.password);
    assert.equal(status, 429);
    assert.equal(body.type, 'urn:lamplighter:problem:locked');
    const byAdministrator = await signIn(on, 'root');
    const given = { password: 'another-password-9' };
    assert.equal((await call(on, 'PUT', path, byAdministrator.token, given)).status, 200);
  });
});

describe('a password that is too old', () => {
  it('opens no session, and changes itself for whoever has one', async () => {
    const on = await stage({ passwordAge: { maxMs: 20 * 60_000 } });
    const { token } = await signIn(on, 'ada');
    on.clock.advance(20 * 60_000);
    const { username, password: old } = on.world.people.ada;
    const again = (password: string) =>
      call(on, 'POST', SESSIONS, undefined, { username, password });
    const expired = await again(old);
    assert.equal(expired.status, 403);
    assert.equal(expired.body.type, 'urn:lamplighter:problem:password_expired');
    assert.equal((await again('guessed-wrong-1')).status, 401);
    const password = 'another-password-9';
    const path = `${BASE}/realms/alpha/users/ada/password`;
    const body = { password, current_password: old };
    assert.equal((await call(on, 'PUT', path, token, body)).status, 200);
    assert.equal((await again(password)).status, 201);
  });
});

describe('a change that was asked for before the caller was signed out', () => {
  it('is not made after that, however long its hash took', async () => {
    const on = await stage();
    const { token } = await signIn(on, 'root');
    const password = 'another-password-9';
    // Enough hashes before them in the queue that the sign-out comes first.
    const busy = Array.from({ length: 40 }, () => signIn(on, 'grace'));
    const asked = [
      call(on, 'POST', `${BASE}/realms/alpha/users`, token, { username: 'mallory', password }),
      call(on, 'PUT', `${BASE}/realms/alpha/users/ada/password`, token, { password }),
    ];
    const why = { reason: 'signed_out_everywhere', by: 'user' } as const;
    await on.world.services.sessions.endSubject('alpha', 'root', why);
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    assert.ok(
      statuses.every((status) => status >= 400),
      String(statuses),
    );
    await Promise.all(busy);
    assert.equal(await on.world.services.directory.find('alpha', 'mallory'), undefined);
    const old = { username: 'ada', password: on.world.people.ada.password };
    assert.equal((await call(on, 'POST', SESSIONS, undefined, old)).status, 201);
  });
});

describe('the list', () => {
  it('is read page by page', async () => {
    const on = await stage();
    const root = await signIn(on, 'root');
    for (let count = 0; count < 7; count++) {
      await signIn(on, 'ada');
      on.world.clock.advance(5);
    }
    const seen: string[] = [];
    let next = '';
    for (let pages = 0; pages < 4; pages++) {
      const path = `${SESSIONS}?subject=ada&limit=3${next && `&after=${next}`}`;
      const { body } = await call(on, 'GET', path, root.token);
      for (const session of body.sessions) seen.push(session.id);
      if (body.next === null) break;
      next = body.next;
    }
    assert.equal(seen.length, 7);
    assert.equal(new Set(seen).size, 7);
  });

  it('refuses a page that is none', async () => {
    const on = await stage();
    const { token } = await signIn(on, 'ada');
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'limit=-1', 'after=!!', 'after=']) {
      assert.equal((await call(on, 'GET', `${SESSIONS}?${query}`, token)).status, 400, query);
    }
  });
});

describe('input of any sort', () => {
  it('is a 4xx of this dialect, never a fault', async () => {
    const on = await stage();
    const { token } = await signIn(on, 'ada');
    const body = fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .record({ username: fc.anything(), password: fc.anything(), dialect: fc.anything() })
        .map((value) => Buffer.from(JSON.stringify(value) ?? '')),
      fc.constant(
        Buffer.from('{"__proto__":{"username":"ada"},"username":["ada"],"password":null}'),
      ),
    );
    const writes = [
      ['POST', SESSIONS],
      ['POST', `${SESSIONS}/current/credentials`],
      ['POST', `${BASE}/realms/alpha/users`],
      ['PUT', `${BASE}/realms/alpha/users/ada/password`],
      ['POST', `${BASE}/realms/${encodeURIComponent('../é\u0000')}/sessions`],
    ] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...writes), body, async ([method, path], sent) => {
        const headers = { Authorization: `Bearer ${token}` };
        const answer = await request(on.dialect, { method, path, body: sent, headers });
        assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.body}`);
        assert.equal(answer.headers['Content-Type'], 'application/problem+json');
      }),
      { numRuns: 600 },
    );
  });

  it('includes tokens: whatever is not ours is refused', async () => {
    const on = await stage();
    const { token } = await signIn(on, 'ada');
    const garbage = fc.oneof(
      fc.string(),
      fc.nat(token.length - 1).map((at) => {
        const letter = token[at] === 'A' ? 'B' : 'A';
        return token.slice(0, at) + letter + token.slice(at + 1);
      }),
      fc.constantFrom('', `${token}A`, token.slice(0, -1), token.toUpperCase(), ` ${token}x`),
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (sent) => {
        const headers = { Authorization: `Bearer ${sent}` };
        const path = `${SESSIONS}/current/renew`;
        const answer = await request(on.dialect, { method: 'POST', path, headers });
        assert.equal(answer.status, 401);
      }),
      { numRuns: 400 },
    );
  });
});

describe('the OpenAPI document', () => {
  it('describes every route, and no other', async () => {
    const on = await stage();
    const { body } = await call(on, 'GET', `${BASE}/openapi.json`);
    const described = Object.entries(body.paths as Record<string, object>).flatMap(
      ([path, operations]) => Object.keys(operations).map((method) => `${method} ${path}`),
    );
    const served = on.dialect.routes.map(
      ({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`,
    );
    assert.deepEqual(described.toSorted(), served.toSorted());
  });

  it('shows a receipt for every client that is told of the end', async () => {
    const on = await stage();
    const { sessions } = on.world.services;
    on.world.join({
      ...{ name: 'town', hosts: [], realm: null, prefixes: [], routes: [] },
      reject: () => assert.fail(),
      credential: async () => assert.fail(),
      tell: async () => 'answered 500',
    });
    const { token, id } = await signIn(on, 'ada');
    const found = await sessions.inspect(id);
    assert.ok(found);
    const grant = {
      client: 'desk',
      scope: ['read'],
      binding: { kind: 'none', value: '' },
    } as const;
    const rest = { isSignIn: false, offline: false, idleMs: null, lifeMs: 60_000, facts: {} };
    const notice = { by: 'town', facts: {} };
    await sessions.addGrant(found.session, { ...grant, ...rest, notice }, 'town');
    const receipts = async () =>
      (await call(on, 'GET', `${SESSIONS}/current/why`, token)).body.notices;
    const at = '2026-03-01T12:00:00.000Z';
    const receipt = { client: 'desk', dialect: 'town', attempts: 0, at, fault: null };
    assert.deepEqual(await receipts(), [{ ...receipt, state: 'waiting' }]);
    await sessions.endSession(found.session, { reason: 'signed_out', by: 'user' });
    await sessions.settled();
    const next = '2026-03-01T12:00:10.000Z';
    const tried = { ...receipt, state: 'due', attempts: 1, at: next, fault: 'answered 500' };
    assert.deepEqual(await receipts(), [tried]);
  });

  it('names the members that answers have, neither more nor fewer', async () => {
    const on = await stage();
    const { token } = await signIn(on, 'root');
    const answers = {
      Session: await call(on, 'GET', `${SESSIONS}/current`, token),
      Why: await call(on, 'GET', `${SESSIONS}/current/why`, token),
      SessionPage: await call(on, 'GET', SESSIONS, token),
      Renewed: await call(on, 'POST', `${SESSIONS}/current/renew`, token),
      Keys: await call(on, 'GET', `${BASE}/keys`, token),
    };
    for (const [name, { body }] of Object.entries(answers)) {
      const { properties } = SCHEMAS[name as keyof typeof answers];
      assert.deepEqual(Object.keys(body).toSorted(), Object.keys(properties).toSorted(), name);
    }
  });
});
