/**
 * What no honest client sends, thousands of times to each resource beside sessions: AM's own error,
 * always.
 *
 * Each request was an honest one first; then some of it was spoilt. So it gets far before it fails.
 */

import { strict as assert } from 'node:assert';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { drawSeed } from '../hostile.testing.ts';
import type { Ask } from '../world.testing.ts';
import { BASE, bodyOf, COOKIE, loginAsk, openStage, type Stage } from './forgerock.testing.ts';

const RUNS = 2000;

/** Most of these cost a password hash. */
const STEPS = 1000;

const REALMS = ['/realms/root/realms/alpha', '/realms/alpha', '/alpha', '', '/realms/root'];

const NASTY = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '\0', '\ud800', '__proto__', 'null', '-1', '1e999', '%00', '%', '..', '🏮', 'آدا'],
    ...["' or 1=1--", '<script>', '"', "'", '(', '((((', ')', '\\', '/', '//', ',', ';', '=', ':'],
    ...['Basic !', 'Bearer a b', 'a=b; a=c', 'x'.repeat(70_000), 'eyJ.eyJ.eyJ', '=?UTF-8?B?!!?='],
    ...['resource=4.0', 'resource=99.0', 'protocol=0', 'true', 'GET', 'DELETE', 'nope', 'root'],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const HEADERS = [
  ...[COOKIE, 'Cookie', 'Accept-API-Version', 'Content-Type', 'Authorization', 'X-Requested-With'],
  ...['X-OpenAM-Username', 'X-OpenAM-Password', 'X-HTTP-Method-Override', 'If-Match', 'Host'],
  ...['If-Modified-Since', 'X-ForgeRock-TransactionId', 'Accept-Language', '__proto__'],
];

const PARAMETERS = [
  ...['_action', '_fields', '_prettyPrint', '_queryFilter', '_queryId', '_pageSize', '_sortKeys'],
  ...['tokenId', 'realm', 'goto', 'authIndexType', 'authIndexValue', 'noSession'],
  ...['ForceAuth', 'sessionUpgradeSSOTokenId', '_pagedResultsOffset', '_mimeType', '__proto__'],
];

const FIELDS = ['tokenId', 'authId', 'callbacks', 'username', 'x'];

/** A way to spoil a request. */
type Spoil = (ask: Ask) => Ask;

const SPOIL: fc.Arbitrary<Spoil> = fc.oneof(
  fc.tuple(fc.constantFrom(...HEADERS), NASTY).map(
    ([name, value]): Spoil =>
      (ask) => ({ ...ask, headers: { ...ask.headers, [name]: value } }),
  ),
  fc.tuple(fc.constantFrom(...PARAMETERS), fc.oneof(NASTY, fc.array(NASTY, { maxLength: 3 }))).map(
    ([name, value]): Spoil =>
      (ask) => ({ ...ask, query: { ...ask.query, [name]: value } }),
  ),
  fc.tuple(fc.constantFrom(...FIELDS), fc.oneof(NASTY, fc.jsonValue())).map(
    ([name, value]): Spoil =>
      (ask) => ({ ...ask, body: { ...object(ask.body), [name]: value } }),
  ),
  fc
    .oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom('{', '[]', '"', '{} x', `${'['.repeat(20_000)}`, '{"__proto__":{"a":1}}'),
      fc.jsonValue().map((value) => JSON.stringify(value)),
    )
    .map(
      (body): Spoil =>
        (ask) => ({ ...ask, body }),
    ),
  fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE').map(
    (method): Spoil =>
      (ask) => ({ ...ask, method }),
  ),
  NASTY.map(
    (segment): Spoil =>
      (ask) => {
        const known = encodeURIComponent(segment.toWellFormed().slice(0, 200));
        return { ...ask, path: ask.path.replace(/[^/?]+(?=\?|$)/, known || 'x') };
      },
  ),
);

function object(body: Ask['body']): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && !Buffer.isBuffer(body)
    ? (body as Record<string, unknown>)
    : {};
}

/** Sends what is left of honest requests, and says what came of them. */
async function withstand(t: TestContext, stage: Stage, honest: readonly Ask[]): Promise<void> {
  const seed = drawSeed(t);
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...honest),
      fc.constantFrom(...REALMS),
      fc.array(SPOIL, { minLength: 1, maxLength: 3 }),
      async (ask, realm, spoils) => {
        const path = ask.path.replace(BASE, `/am/json${realm}`);
        const spoilt = spoils.reduce((before, spoil) => spoil(before), { ...ask, path });
        const { status, headers, body } = await stage.send(spoilt);
        assert.ok(status < 500 || status === 501, `${status} ${body}`);
        assertAmWords(status, body);
        for (const value of Object.values(headers).flat()) assert.match(value, /^[\x20-\x7e]*$/);
        seen.set(status, (seen.get(status) ?? 0) + 1);
      },
    ),
    { numRuns: RUNS, seed },
  );
  t.diagnostic(JSON.stringify(Object.fromEntries(seen)));
  // Far enough: some are still good, and some fail for each of the usual reasons.
  for (const status of [200, 400, 401]) assert.ok((seen.get(status) ?? 0) > 0, `no ${status}`);
  assert.equal((await stage.act('getSessionInfo', await stage.login('grace'))).status, 200);
}

function assertAmWords(status: number, body: string): void {
  const answer = JSON.parse(body);
  if (status < 400) return;
  // Version 1 of authenticate has a shape of its own.
  const isOld = 'errorMessage' in answer;
  assert.equal(isOld ? status : answer.code, status);
  const shape = isOld ? ['errorMessage'] : ['code', 'reason', 'message'];
  assert.deepEqual(Object.keys(answer).slice(0, shape.length), shape);
}

/** An ask of somebody who holds a token. */
function asking(path: string, tokenId: string, more: Partial<Ask> = {}): Ask {
  const headers = { [COOKIE]: tokenId, 'Accept-API-Version': 'resource=2.0' };
  return { path: BASE + path, headers, method: 'POST', ...more };
}

test(`authenticate withstands ${RUNS} hostile requests`, async (t) => {
  const stage = await openStage({}, { lockout: { failures: 0, failuresAnywhere: 0 } });
  const { username, password } = stage.people.ada;
  const path = `${BASE}/authenticate`;
  const begin: Ask = { method: 'POST', path, headers: { 'Accept-API-Version': 'resource=2.1' } };
  const old = { ...begin, headers: { 'Accept-API-Version': 'resource=1.2' } };
  const step = bodyOf(await stage.send(begin));
  const cookie = { Cookie: `${COOKIE}=${await stage.login()}`, 'X-Requested-With': 'x' };
  await withstand(t, stage, [
    begin,
    old,
    { ...begin, body: step },
    { ...begin, query: { authIndexType: 'service', authIndexValue: 'Login' } },
    { ...begin, headers: cookie },
    { ...begin, headers: cookie, query: { ForceAuth: 'true' } },
    loginAsk(username, 'wrong'),
    { ...loginAsk(username, password), query: { noSession: 'true' } },
  ]);
});

test(`serverinfo withstands ${RUNS} hostile requests`, async (t) => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const members = ['*', 'cookieDomains', 'version'];
  await withstand(
    t,
    stage,
    members.map((id) => asking(`/serverinfo/${id}`, tokenId, { method: 'GET' })),
  );
});

test(`users withstands ${RUNS} hostile requests`, async (t) => {
  const stage = await openStage();
  await withstand(t, stage, [asking('/users?_action=idFromSession', await stage.login())]);
});

test(`a step of a sign-in withstands ${STEPS} hostile answers`, async (t) => {
  const seed = drawSeed(t);
  const stage = await openStage({}, { lockout: { failures: 0, failuresAnywhere: 0 } });
  const path = `${BASE}/authenticate`;
  const type = (right: string) =>
    fc.oneof({ weight: 5, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: NASTY });
  const value = fc.oneof(NASTY, NASTY, fc.jsonValue());
  const input = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.record({ value })) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
  const callback = (right: string) =>
    fc.oneof(
      { weight: 9, arbitrary: fc.record({ type: type(right), input }) },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
  const callbacks = fc.oneof(
    { weight: 9, arbitrary: fc.tuple(callback('NameCallback'), callback('PasswordCallback')) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(callbacks, fc.jsonValue(), fc.boolean(), async (sent, extra, isAgain) => {
      const { authId } = bodyOf(await stage.send({ method: 'POST', path }));
      const body = { extra, authId, callbacks: sent };
      const answers = [await stage.send({ path, body })];
      if (isAgain) answers.push(await stage.send({ path, body }));
      for (const { status, body: text } of answers) {
        assert.ok([400, 401, 408].includes(status), text);
        assertAmWords(status, text);
        seen.set(status, (seen.get(status) ?? 0) + 1);
      }
    }),
    { numRuns: STEPS, seed },
  );
  t.diagnostic(JSON.stringify(Object.fromEntries(seen)));
  for (const status of [400, 401, 408]) assert.ok((seen.get(status) ?? 0) > 0, `no ${status}`);
});
