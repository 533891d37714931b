/**
 * Child sessions: opened under a pair for another external system, and gone with it.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { jwtVerify } from 'jose';
import { MINUTE } from '../../../engine/engine.testing.ts';
import { POLICY } from '../../../sessions/sessions.testing.ts';
import { request } from '../../world.testing.ts';
import { schema } from '../config.ts';
import { s360 } from '../index.ts';
import { API_KEY, claimsOf, JWT_KEY, OPTIONS, openStage } from '../s360.testing.ts';

const CHILD_OPERATIONS = [
  'child/get',
  'child/refresh',
  'child/validate',
  'child/logout',
  'child/messages',
] as const;

const MESSAGE = { en: 'Received', ar: 'تم الاستلام' };

test('the JWT of a child is for its own system, with what it was opened with', async () => {
  const { signIn, pairOf, childOf, call, people } = await openStage();
  const parent = await pairOf(await signIn(), 'forms');
  const iidParams = { test: { a: 0, b: 0 }, name: 'آدا', list: [1, null, true] };
  const child = await childOf(parent, { externalSystemId: 'chatbot', iidParams });
  assert.deepEqual(Object.keys(child), ['sessionId', 'sessionToken']);
  const { accessToken } = (await call('child/refresh', child)).json.data;
  const key = Buffer.from(JWT_KEY);
  await jwtVerify(accessToken, key, { subject: 'chatbot', algorithms: ['HS256'] });
  const { context } = claimsOf(accessToken);
  assert.deepEqual(context.app, { iidParams });
  assert.equal(context.sso.sessionId, child.sessionId);
  assert.equal(context.sso.externalSystemId, 'chatbot');
  assert.equal(context.user.selfProfile[0].email, people.ada.email);
  const { context: own } = claimsOf((await call('refresh', parent)).json.data.accessToken);
  assert.deepEqual(own.app, { iidParams: {} });
});

test('a refresh of a child resets the idle clock of the session; to look does not', async () => {
  const { signIn, pairOf, childOf, call, clock, services, countWrites } = await openStage();
  const session = await signIn();
  const child = await childOf(await pairOf(session));
  clock.advance(20 * MINUTE);
  assert.equal((await call('child/refresh', child)).status, 200);
  const accessed = async () => (await services.sessions.inspect(session.id))?.session.lastAccessAt;
  assert.equal(await accessed(), clock.now());
  clock.advance(20 * MINUTE);
  const count = countWrites();
  for (const operation of ['child/get', 'child/validate'] as const) {
    assert.equal((await call(operation, child)).status, 200);
  }
  assert.equal(count.written, 0);
  assert.equal((await call('child/messages', { ...child, messages: [MESSAGE] })).status, 200);
  assert.equal(await accessed(), clock.now() - 20 * MINUTE);
  clock.advance(10 * MINUTE);
  const { status, json } = await call('child/validate', child);
  assert.equal(status, 401);
  assert.equal(json.desc.code, 'ESB-IDP-E0003');
});

test('get: the session, its context, its messages', async () => {
  const { signIn, pairOf, childOf, call, clock } = await openStage();
  const parent = await pairOf(await signIn());
  const child = await childOf(parent, { iidParams: { a: 1 } });
  const createdAt = new Date(clock.now()).toISOString().replace('.000Z', 'Z');
  const { data } = (await call('child/get', child)).json;
  assert.deepEqual(Object.keys(data), ['session', 'context', 'messages']);
  const expiresAt = new Date(clock.now() + 30 * MINUTE).toISOString().replace('.000Z', 'Z');
  const { sessionId } = child;
  const expected = { sessionId, externalSystemId: 'forms', createdAt, expiresAt };
  assert.equal(JSON.stringify(data.session), JSON.stringify(expected));
  const { context } = claimsOf((await call('child/refresh', child)).json.data.accessToken);
  const { sessionTokenEncrypted: one, ...sso } = data.context.sso;
  const { sessionTokenEncrypted: two, ...same } = context.sso;
  assert.notEqual(one, two);
  assert.deepEqual({ ...data.context, sso }, { ...context, sso: same });
  assert.deepEqual(data.messages, []);
});

test('the context of a pair is that of its JWT', async () => {
  const { signIn, pairOf, call } = await openStage();
  const pair = await pairOf(await signIn());
  const { data } = (await call('context', pair)).json;
  const { context } = claimsOf((await call('refresh', pair)).json.data.accessToken);
  context.sso.sessionTokenEncrypted = data.context.sso.sessionTokenEncrypted;
  assert.equal(JSON.stringify(data), JSON.stringify({ context }));
});

test('logout of a child ends it alone, once', async () => {
  const { signIn, pairOf, childOf, call, services } = await openStage();
  const session = await signIn();
  const parent = await pairOf(session);
  const [child, sibling] = [await childOf(parent), await childOf(parent)];
  const { status, json } = await call('child/logout', child);
  assert.equal(status, 200);
  assert.deepEqual(json.data, {});
  const found = await services.sessions.inspect(session.id);
  assert.equal(found?.end, null);
  assert.deepEqual(
    found?.session.children.map(({ end }) => end?.reason ?? null),
    [null, 'signed_out', null],
  );
  for (const operation of CHILD_OPERATIONS) {
    const again = await call(operation, { ...child, messages: [] });
    assert.equal(again.status, 401);
    assert.equal(again.json.desc.code, 'ESB-IDP-E0004', operation);
  }
  assert.equal((await call('refresh', parent)).status, 200);
  assert.equal((await call('child/validate', sibling)).status, 200);
});

test('whatever ends the parent, its children are E0004', async () => {
  const { signIn, pairOf, childOf, call, services } = await openStage();
  const why = { reason: 'ended_by_administrator', by: 'admin' } as const;
  const ends: ((at: {
    session: Awaited<ReturnType<typeof signIn>>;
    parent: Awaited<ReturnType<typeof pairOf>>;
  }) => Promise<unknown>)[] = [
    ({ parent }) => call('logout', parent),
    ({ session }) => services.sessions.endSession(session, why),
    ({ session }) => services.sessions.endPart(session, 1, why),
    ({ session }) => services.sessions.endSubject('alpha', session.subject, why),
  ];
  for (const [at, end] of ends.entries()) {
    const session = await signIn();
    const parent = await pairOf(session);
    const child = await childOf(parent);
    const other = await childOf(await pairOf(session, 'forms'));
    await end({ session, parent });
    for (const operation of CHILD_OPERATIONS) {
      const { status, json } = await call(operation, { ...child, messages: [MESSAGE] });
      assert.equal(status, 401);
      assert.equal(json.desc.code, 'ESB-IDP-E0004', `${operation}, end ${at}`);
    }
    // The child of another pair goes with the session alone.
    assert.equal((await call('child/validate', other)).status, at === 2 ? 200 : 401);
  }
});

test('a parent that had to make room in the record has ended as well', async () => {
  const limits = { ...POLICY.limits, children: 3 };
  const { signIn, pairOf, childOf, call, services } = await openStage({}, { policy: { limits } });
  const session = await signIn();
  const [first, second] = [await pairOf(session), await pairOf(session, 'forms')];
  const child = await childOf(first);
  await services.sessions.endPart(session, 1, { reason: 'signed_out', by: 'user' });
  await childOf(second);
  const found = await services.sessions.inspect(session.id);
  assert.deepEqual(
    found?.session.children.map(({ slot }) => slot),
    [2, 3, 4],
  );
  assert.equal((await call('child/validate', child)).json.desc.code, 'ESB-IDP-E0004');
  const full = await call('child/create', { ...second, externalSystemId: 'forms' });
  assert.equal(full.status, 409);
  assert.equal(full.json.desc.code, 'ESB-IDP-E0409');
});

test('create: what makes no sense is E0002, a system that is none E0001, too much E0409', async () => {
  const { signIn, pairOf, call, countWrites } = await openStage();
  const parent = await pairOf(await signIn());
  const count = countWrites();
  const deep = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
  const cases: [more: object, status: number, code: string][] = [
    [{}, 400, 'E0002'],
    [{ externalSystemId: null }, 400, 'E0002'],
    [{ externalSystemId: ['forms'] }, 400, 'E0002'],
    [{ externalSystemId: 'nobody' }, 403, 'E0001'],
    [{ externalSystemId: '__proto__' }, 403, 'E0001'],
    [{ externalSystemId: 'forms', iidParams: [] }, 400, 'E0002'],
    [{ externalSystemId: 'forms', iidParams: 'text' }, 400, 'E0002'],
    [{ externalSystemId: 'forms', iidParams: deep(33) }, 400, 'E0002'],
    [{ externalSystemId: 'forms', iidParams: { a: 'x'.repeat(1024) } }, 409, 'E0409'],
    [{ externalSystemId: 'forms', authorityType: 'COMPANY' }, 400, 'E0002'],
    [{ externalSystemId: 'forms', authorityType: {} }, 400, 'E0002'],
  ];
  for (const [more, status, code] of cases) {
    const answer = await call('child/create', { ...parent, ...more });
    const shown = JSON.stringify(more).slice(0, 100);
    assert.deepEqual([answer.status, answer.json.desc.code], [status, `ESB-IDP-${code}`], shown);
    assert.equal(answer.json.data, null);
  }
  assert.equal(count.written, 0);
  for (const more of [{ iidParams: null, authorityType: null }, { iidParams: deep(32) }]) {
    const answer = await call('child/create', { ...parent, externalSystemId: 'forms', ...more });
    assert.equal(answer.status, 200);
  }
  const tooDeep = `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`;
  const body = JSON.stringify({ ...parent, externalSystemId: 'forms', iidParams: 0 });
  const answer = await call(
    'child/create',
    body.replace('"iidParams":0', `"iidParams":${tooDeep}`),
  );
  assert.equal(answer.json.desc.code, 'ESB-IDP-E0002');
});

test('messages stay in order, two calls at once both, and a repeated call once', async () => {
  const { signIn, pairOf, childOf, call } = await openStage();
  const child = await childOf(await pairOf(await signIn()), { iidParams: { kept: true } });
  const message = (en: string) => ({ en, ar: `رسالة ${en}` });
  const add = (messages: object[], id?: string) =>
    call('child/messages', { ...child, messages }, id === undefined ? {} : { 'X-Request-Id': id });
  const kept = async () => (await call('child/get', child)).json.data;

  for (const answer of [
    await add([message('1'), { ...message('2'), more: 'is dropped' }]),
    await add([]),
    await add([message('3')], 'once'),
    await add([message('3')], 'once'),
    await add([message('4')], 'once'),
    await add([message('4')]),
  ]) {
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json.data, {});
  }
  const six = ['1', '2', '3', '4', '4'].map(message);
  assert.deepEqual((await kept()).messages, six);

  await Promise.all(['5', '6', '7'].map((text) => add([message(text)])));
  const all = (await kept()).messages.map(({ en }: { en: string }) => en);
  assert.deepEqual(all.slice(0, 5), ['1', '2', '3', '4', '4']);
  assert.deepEqual(all.slice(5).sort(), ['5', '6', '7']);
  assert.deepEqual((await kept()).context.app.iidParams, { kept: true });
});

test('messages are bounded, and what is no list of them is E0002', async () => {
  const { signIn, pairOf, childOf, call } = await openStage();
  const child = await childOf(await pairOf(await signIn()));
  const add = (messages: unknown) => call('child/messages', { ...child, messages });
  for (const bad of [
    undefined,
    null,
    {},
    'text',
    [null],
    ['text'],
    [{ en: 'only' }],
    [{ en: 1, ar: 2 }],
    [MESSAGE, { ar: 'only' }],
  ]) {
    const { status, json } = await add(bad);
    assert.deepEqual([status, json.desc.code], [400, 'ESB-IDP-E0002'], JSON.stringify(bad));
  }
  const long = await add([{ en: 'x'.repeat(1000), ar: '' }]);
  assert.deepEqual([long.status, long.json.desc.code], [409, 'ESB-IDP-E0409']);

  let added = 0;
  while (added < 100 && (await add([{ en: String(added), ar: '' }])).status === 200) added += 1;
  // Sixteen facts, of which two are the child's own.
  assert.equal(added, 14);
  const full = await add([MESSAGE]);
  assert.deepEqual([full.status, full.json.desc.code], [409, 'ESB-IDP-E0409']);
  assert.equal((await call('child/refresh', child)).status, 200);
  assert.equal((await call('child/get', child)).json.data.messages.length, 14);
});

test('authority types: of the system, of the child, and with their own profile list', async () => {
  const { signIn, pairOf, childOf, call } = await openStage({
    authority_types: [
      { name: 'SELF' },
      { name: 'COMPANY', profiles: 'companyProfile', profile_type: 'COMPANY' },
    ],
    external_systems: [{ name: 'chatbot', authority_type: 'COMPANY' }, { name: 'forms' }],
  });
  const session = await signIn();
  const [company, self] = [await pairOf(session), await pairOf(session, 'forms')];
  const context = async (operation: 'refresh' | 'child/refresh', pair: object) =>
    claimsOf((await call(operation, pair)).json.data.accessToken).context;
  const typeOf = ({ user, sso }: { user: object; sso: { authorityType: string } }) => {
    const [[member, profiles] = []] = Object.entries(user);
    return [sso.authorityType, member, profiles[0].type];
  };
  const SELF = ['SELF', 'selfProfile', 'INDIVIDUAL'];
  const COMPANY = ['COMPANY', 'companyProfile', 'COMPANY'];
  assert.deepEqual(typeOf(await context('refresh', company)), COMPANY);
  assert.deepEqual(typeOf(await context('refresh', self)), SELF);
  const cases: [more: object, expected: string[]][] = [
    [{ externalSystemId: 'chatbot' }, COMPANY],
    [{ externalSystemId: 'forms' }, SELF],
    [{ externalSystemId: 'forms', authorityType: 'COMPANY' }, COMPANY],
    [{ externalSystemId: 'chatbot', authorityType: 'SELF' }, SELF],
  ];
  for (const [more, expected] of cases) {
    const child = await childOf(self, more);
    assert.deepEqual(typeOf(await context('child/refresh', child)), expected);
  }
});

test('a child of a system that has left the config is refused with E0001', async () => {
  const { services, signIn, pairOf, childOf } = await openStage();
  const child = await childOf(await pairOf(await signIn()));
  const { external_systems, ...options } = OPTIONS;
  const fewer = {
    ...options,
    api_keys: [{ key: API_KEY }],
    external_systems: external_systems.slice(0, 1),
  };
  const without = s360.create(services, schema.parse(fewer));
  const path = '/idp/sso/v1/child/validate';
  const answer = await request(without, {
    path,
    headers: { api_key: API_KEY },
    body: { ...child },
  });
  assert.equal(answer.status, 403);
  assert.equal(JSON.parse(answer.body).desc.code, 'ESB-IDP-E0001');
});
