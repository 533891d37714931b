/**
 * Signing in step by step: callbacks and authIds.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { DirectoryBusy } from '../../directory/directory.ts';
import { MINUTE } from '../../engine/engine.testing.ts';
import type { WireAnswer } from '../dialect.ts';
import { schema } from './config.ts';
import {
  assertError,
  assertNoCookie,
  bodyOf,
  filled,
  loginAsk,
  openStage,
  post,
  STEPS,
  service,
} from './forgerock.testing.ts';
import { shape } from './shape.ts';

/** `Typed` is one that no header answers. */
const JOURNEYS = { journeys: { Login: {}, Steps: STEPS, Typed: { zero_page: false } } };

test('asks for name and password, and opens a session with them', async () => {
  const stage = await openStage();
  const asked = await post(stage);
  const { authId, ...rest } = bodyOf(asked);
  assert.deepEqual(Object.keys(bodyOf(asked)), ['authId', 'callbacks']);
  assert.deepEqual(rest.callbacks, [
    {
      type: 'NameCallback',
      output: [{ name: 'prompt', value: 'User Name' }],
      input: [{ name: 'IDToken1', value: '' }],
      _id: 0,
    },
    {
      type: 'PasswordCallback',
      output: [{ name: 'prompt', value: 'Password' }],
      input: [{ name: 'IDToken2', value: '' }],
      _id: 1,
    },
  ]);
  assertNoCookie(asked);
  const [header = '', payload = ''] = String(authId).split('.');
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  assert.deepEqual(decode(header), { typ: 'JWT', alg: 'HS256' });
  const claims = decode(payload);
  assert.equal(claims.authIndexType, 'service');
  assert.equal(claims.authIndexValue, 'Login');
  assert.equal(claims.realm, '/alpha');
  assert.equal(claims.exp - claims.iat, 900);
  assert.equal(claims.iat * 1000, stage.clock.now());
  const body = filled(asked, 'ada', stage.people.ada.password);
  const answer = await post(stage, '', { body: { ...body, extra: [1, { two: 2 }] } });
  assert.deepEqual(Object.keys(bodyOf(answer)), ['tokenId', 'successUrl', 'realm']);
  const token = shape.read(String(bodyOf(answer).tokenId));
  assert.ok(token);
  const found = await stage.services.sessions.look(token, 'alpha');
  assert.ok('session' in found);
  assert.equal(found.session.subject, 'ada');
});

test('begins with an empty object as well, and with one that says nothing of it', async () => {
  const stage = await openStage();
  for (const body of ['', '{}', '""', '{"withCredentials":true}', '{"authId":null}']) {
    const answer = await post(stage, '', { body, headers: { 'Content-Type': 'application/json' } });
    assert.equal(typeof bodyOf(answer).authId, 'string', body);
  }
});

test('a journey has pages, which say what they are', async () => {
  const stage = await openStage(JOURNEYS);
  const first = await post(stage, service('Steps'));
  const { authId, callbacks, ...page } = bodyOf(first);
  assert.deepEqual(page, { stage: 'name', header: 'Sign in', description: 'Who are you?' });
  const second = await post(stage, '', { body: filled(first, 'ada') });
  const step = bodyOf(second);
  assert.notEqual(step.authId, authId);
  assert.deepEqual(Object.keys(step), ['authId', 'callbacks']);
  const body = filled(second, stage.people.ada.password);
  const answer = await post(stage, '', { body });
  assert.equal(typeof bodyOf(answer).tokenId, 'string');
  for (const used of [filled(first, 'ada'), body]) {
    assertTimedOut(await post(stage, '', { body: used }));
  }
});

test('headers answer the pages that they can', async () => {
  const stage = await openStage(JOURNEYS);
  const { password } = stage.people.ada;
  const name = { 'X-OpenAM-Username': 'ada' };
  const both = { ...name, 'X-OpenAM-Password': password };
  assert.ok(bodyOf(await post(stage, service('Steps'), { headers: both })).tokenId);
  const half = await post(stage, service('Steps'), { headers: name });
  const answer = await post(stage, '', { body: filled(half, password) });
  assert.ok(bodyOf(answer).tokenId, answer.body);
  assert.equal(bodyOf(await post(stage, '', { headers: name })).tokenId, undefined);
  const typed = await post(stage, service('Typed'), { headers: both });
  assert.equal(bodyOf(typed).tokenId, undefined);
  const body = filled(typed, 'ada', password);
  assert.ok(bodyOf(await post(stage, '', { body })).tokenId);
});

for (const [query, code, message] of [
  [service('Nope'), 400, 'No Configuration found'],
  [service(''), 400, 'No Configuration found'],
  [service('__proto__'), 400, 'No Configuration found'],
  ['?authIndexType=service', 400, 'No Configuration found'],
  ['?authIndexType=module&authIndexValue=LDAP', 400, 'No Configuration found'],
  ['?authIndexType=composite_advice&authIndexValue=x', 400, 'No Configuration found'],
  ['?authIndexType=nope&authIndexValue=x', 400, 'Unknown Authentication Index Type, nope'],
  ['?sessionUpgradeSSOTokenId=nope', 400, 'Session upgrade failed'],
] as const) {
  test(`refuses ${query}`, async () => {
    const stage = await openStage();
    assertError(await post(stage, query), code, message);
    const { headers } = loginAsk('ada', stage.people.ada.password);
    assertError(await post(stage, query, { headers }), code, message);
  });
}

test('the default journey is a setting', async () => {
  const stage = await openStage({ ...JOURNEYS, default_journey: 'Steps' });
  assert.equal(bodyOf(await post(stage)).stage, 'name');
  assert.equal(bodyOf(await post(stage, service('Login'))).stage, undefined);
  const only = { journeys: { Mine: { pages: [{ callbacks: ['password', 'username'] }] } } };
  const other = await openStage(only);
  const body = filled(await post(other), other.people.ada.password, 'ada');
  assert.ok(bodyOf(await post(other, '', { body })).tokenId);
});

test('a config whose journeys cannot be walked is refused', () => {
  for (const config of [
    { journeys: {} },
    { default_journey: 'Nope' },
    { default_journey: 'constructor' },
    { journeys: { A: { pages: [] } } },
    { journeys: { A: { pages: [{ callbacks: ['username'] }] } } },
    { journeys: { A: { pages: [{ callbacks: ['password'] }, { callbacks: ['username'] }] } } },
    { journeys: { A: { pages: [{ callbacks: ['username', 'username', 'password'] }] } } },
    { journeys: { A: { pages: [{ callbacks: [] }, { callbacks: ['username', 'password'] }] } } },
  ]) {
    assert.equal(schema.safeParse(config).success, false, JSON.stringify(config));
  }
});

test('a wrong password is a failure, and ends that attempt', async () => {
  const stage = await openStage({ failure_url: 'https://example.com/failed' });
  const asked = await post(stage);
  const wrong = await post(stage, '', { body: filled(asked, 'ada', 'wrong') });
  assert.equal(wrong.status, 401);
  assert.equal(
    wrong.body,
    '{"code":401,"reason":"Unauthorized","message":"Login failure",' +
      '"detail":{"failureUrl":"https://example.com/failed"}}',
  );
  assertNoCookie(wrong);
  const again = await post(stage, '', { body: filled(asked, 'ada', stage.people.ada.password) });
  assertTimedOut(again);
});

test('an authId is good once, however many come at a time', async () => {
  const stage = await openStage();
  const body = filled(await post(stage), 'ada', stage.people.ada.password);
  const answers = await Promise.all(Array.from({ length: 5 }, () => post(stage, '', { body })));
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 408, 408, 408, 408]);
  const { sessions } = await stage.services.sessions.list('alpha', 'ada', 10);
  assert.equal(sessions.length, 1);
});

test('a step that is spent costs no hash', async () => {
  const stage = await openStage();
  const body = filled(await post(stage), 'ada', 'wrong');
  assertError(await post(stage, '', { body }), 401, 'Login failure');
  stage.services.directory.authenticate = () => assert.fail('the password was looked at');
  assertTimedOut(await post(stage, '', { body }));
});

test('an authId is good for 15 minutes', async () => {
  const stage = await openStage();
  const early = filled(await post(stage), 'ada', stage.people.ada.password);
  const late = filled(await post(stage), 'ada', stage.people.ada.password);
  stage.clock.advance(15 * MINUTE - 1);
  assert.equal((await post(stage, '', { body: early })).status, 200);
  stage.clock.advance(1);
  assertTimedOut(await post(stage, '', { body: late }));
});

test('a directory that is too busy leaves the step as it was', async () => {
  const stage = await openStage();
  const body = filled(await post(stage), 'ada', stage.people.ada.password);
  const { directory } = stage.services;
  const { authenticate } = directory;
  directory.authenticate = () => Promise.reject(new DirectoryBusy());
  await assert.rejects(post(stage, '', { body }), DirectoryBusy);
  directory.authenticate = authenticate;
  assert.equal((await post(stage, '', { body })).status, 200);
});

test('an authId of another realm is none', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  const body = filled(await post(stage), 'ada', stage.people.ada.password);
  const path = '/am/json/beta/authenticate';
  const answer = await stage.send({ method: 'POST', path, body });
  assertError(answer, 400, 'AuthId JWT Signature not valid');
});

test('an authId that was changed is found out', async () => {
  const stage = await openStage();
  const body = filled(await post(stage), 'ada', stage.people.ada.password);
  const { authId } = body;
  const [header = '', payload = '', signature = ''] = authId.split('.');
  const send = (other: unknown) => post(stage, '', { body: { ...body, authId: other } });
  const forged = Buffer.from('{"authIndexValue":"Login","realm":"/alpha"}').toString('base64url');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  for (const other of [
    `${header}.${forged}.${signature}`,
    `${none}.${payload}.`,
    `${none}.${payload}.${signature}`,
    `${header}.${payload}.${signature}=`,
    `${header}.${payload}.`,
  ]) {
    assertError(await send(other), 400, 'AuthId JWT Signature not valid');
  }
  for (const [other, why] of [
    ['', 'not right number of dots, 1'],
    ['nope', 'not right number of dots, 1'],
    ['a.b', 'not right number of dots, 2'],
    ['a.b.c', 'not valid JSON'],
    [`${header}.W10.${signature}`, 'not valid JSON'],
    [7, 'not a String'],
    [{}, 'not a String'],
    [[authId], 'not a String'],
  ] as const) {
    assertError(await send(other), 400, `Failed to parse JWT, ${why}`);
  }
  const letter = fc.constantFrom(...'AZaz09-_.=', ' ');
  await fc.assert(
    fc.asyncProperty(fc.nat(authId.length - 1), letter, async (at, other) => {
      if (authId[at] === other) return;
      const answer = await send(authId.slice(0, at) + other + authId.slice(at + 1));
      assert.equal(answer.status, 400, answer.body);
    }),
    { numRuns: 300 },
  );
  assert.equal((await send(authId)).status, 200, 'it is still good itself');
});

for (const [what, callbacks, message] of [
  ['none', undefined, 'Incorrect number of callbacks found in JSON response'],
  ['no list', 'x', 'Incorrect number of callbacks found in JSON response'],
  [
    'too few',
    [{ type: 'NameCallback', input: [{ value: 'ada' }] }],
    'Incorrect number of callbacks found in JSON response',
  ],
  ['empty ones', [{}, {}], 'Required callback not found in JSON response'],
  ['null', [null, null], 'Required callback not found in JSON response'],
  [
    'the wrong way round',
    [
      { type: 'PasswordCallback', input: [{ value: 'x' }] },
      { type: 'NameCallback', input: [{ value: 'ada' }] },
    ],
    'Required callback not found in JSON response',
  ],
  [
    'a number',
    [
      { type: 'NameCallback', input: [{ value: 7 }] },
      { type: 'PasswordCallback', input: [{ value: 'x' }] },
    ],
    'Required callback not found in JSON response',
  ],
  [
    'no input',
    [{ type: 'NameCallback' }, { type: 'PasswordCallback', input: [] }],
    'Required callback not found in JSON response',
  ],
] as const) {
  test(`callbacks: ${what}`, async () => {
    const stage = await openStage();
    const body = filled(await post(stage), 'ada', stage.people.ada.password);
    assertError(await post(stage, '', { body: { ...body, callbacks } }), 400, message);
    assert.equal((await post(stage, '', { body })).status, 200, 'the step is still good');
  });
}

test('no password is ever in an authId', async () => {
  const stage = await openStage(JOURNEYS);
  const { password } = stage.people.ada;
  const headers = { 'X-OpenAM-Password': password, 'X-OpenAM-Username': 'ada' };
  for (const name of ['Typed', 'Login']) {
    const ask = name === 'Login' ? { headers: { 'X-OpenAM-Password': password } } : { headers };
    const { authId } = bodyOf(await post(stage, service(name), ask));
    const payload = Buffer.from(String(authId).split('.')[1] ?? '', 'base64url').toString();
    assert.ok(payload.includes('"otk"') && !payload.includes(password), payload);
  }
});

/** With what AM's own login page looks for. */
function assertTimedOut(answer: WireAnswer): void {
  assert.equal(answer.status, 408);
  assert.deepEqual(bodyOf(answer), {
    code: 408,
    reason: 'Request Time-out',
    message: 'Session has timed out',
    detail: { errorCode: '110' },
  });
  assertNoCookie(answer);
}
