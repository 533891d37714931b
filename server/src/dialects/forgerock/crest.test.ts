/**
 * What AM does to every request: realms, versions, methods, headers, bodies (fact sheet 1).
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { WireAnswer } from '../dialect.ts';
import { type Ask, wireRequest } from '../world.testing.ts';
import { schema } from './config.ts';
import { assertError, BASE, bodyOf, COOKIE, openStage } from './forgerock.testing.ts';

const JSON_BASE = '/am/json';
const INFO = `${BASE}/serverinfo/*`;
const REFRESH = `${BASE}/sessions?_action=refresh`;

test('every form of a realm leads to the same resource', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  for (const realm of [
    '/realms/root/realms/alpha',
    '/realms/ROOT/realms/alpha',
    '/realms/alpha',
    '/alpha',
    '',
    '/realms/root',
  ]) {
    for (const path of [`${realm}/sessions`, `${realm}/sessions/`]) {
      const answer = await stage.send({
        method: 'POST',
        path: `${JSON_BASE}${path}?_action=refresh`,
        headers: { [COOKIE]: tokenId },
      });
      assert.equal(answer.status, 200, `${path}: ${answer.body}`);
      assert.equal(bodyOf(answer).realm, '/alpha');
    }
    const info = await stage.send({ path: `${JSON_BASE}${realm}/serverinfo/*` });
    assert.equal(bodyOf(info).realm, '/alpha');
    const user = await stage.send({
      method: 'POST',
      path: `${JSON_BASE}${realm}/users?_action=idFromSession`,
      headers: { [COOKIE]: tokenId },
    });
    assert.equal(user.status, 200, user.body);
  }
});

test('the parameter realm wins over the path', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  for (const [path, realm] of [
    ['/serverinfo/*?realm=/beta', '/beta'],
    ['/realms/root/realms/alpha/serverinfo/*?realm=beta', '/beta'],
    ['/beta/serverinfo/*?realm=%2Falpha', '/alpha'],
    ['/beta/serverinfo/*?realm=', '/beta'],
  ] as const) {
    const answer = await stage.send({ path: `${JSON_BASE}${path}` });
    assert.equal(bodyOf(answer).realm, realm, path);
  }
});

test('a realm that there is not', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  for (const [path, code, message] of [
    ['/realms/root/realms/x/sessions?_action=refresh', 404, 'Realm "x" not found'],
    ['/realms/x/sessions?_action=refresh', 404, 'Realm "x" not found'],
    ['/realms/alpha/realms/beta/sessions?_action=refresh', 404, 'Realm "beta" not found'],
    ['/realms/root/realms/a/realms/b/sessions?_action=refresh', 404, 'Realm "a" not found'],
    ['/x/sessions?_action=refresh', 404, "Resource 'x/sessions' not found"],
    ['/alpha/nothing', 404, "Resource 'nothing' not found"],
    ['/alpha/sessions?_action=refresh&realm=/x', 400, 'Invalid realm, /x'],
    ['/sessions?_action=refresh', 404, 'Realm "/" not found'],
    ['/realms/root/sessions?_action=refresh', 404, 'Realm "/" not found'],
    ['/x/authenticate', 404, "Resource 'x/authenticate' not found"],
    ['/realms/root/realms/x/authenticate', 404, 'Realm "x" not found'],
    ['/authenticate?realm=/x', 400, 'Invalid realm, /x'],
  ] as const) {
    assertError(await stage.send({ method: 'POST', path: `${JSON_BASE}${path}` }), code, message);
  }
});

test('the top realm and the context path are settings', async () => {
  for (const context_path of ['/openam', '', '/sso/am']) {
    const stage = await openStage({ context_path, top_realm: 'beta' }, { realms: ['beta'] });
    const answer = await stage.send({ path: `${context_path}/json/serverinfo/*` });
    assert.equal(bodyOf(answer).realm, '/beta');
    const { dialect } = stage;
    assert.deepEqual(dialect.prefixes, [`${context_path}/json`]);
    assert.ok(dialect.routes.every(({ path }) => path.startsWith(`${context_path}/json/`)));
    const path = `${context_path}/json/realms/root/type1/node1`;
    const nowhere = dialect.reject('no_such_path', wireRequest({ path }));
    assertError(nowhere, 404, "Resource 'type1/node1' not found");
  }
  for (const context_path of ['am', '/am/', '/a m', '/:realm', '/*']) {
    assert.equal(schema.safeParse({ context_path }).success, false, context_path);
  }
});

for (const [header, code, outcome] of [
  ['resource=4.0', 200, 'resource=4.0'],
  ['resource=2.0, protocol=1.0', 200, 'resource=2.1'],
  ['protocol=1.0,resource=2.1', 200, 'resource=2.1'],
  ['protocol=2.1,resource=3.0', 200, 'resource=3.1'],
  ['protocol=2.2', 200, 'resource=5.1'],
  ['resource=5', 200, 'resource=5.1'],
  [' protocol=2.2 ,  resource=3.1 ', 200, 'resource=3.1'],
  ['resource=1.1', 501, 'Action refresh not implemented for this resource'],
  ['resource=4.1', 404, 'Accept-API-Version: Requested version "4.1" does not match any routes.'],
  [
    'resource=999.0',
    404,
    'Accept-API-Version: Requested version "999.0" does not match any routes.',
  ],
  ['resource=3.2', 404, 'Accept-API-Version: Requested version "3.2" does not match any routes.'],
  ['', 400, 'Version string is in an invalid format: '],
  ['resource=x', 400, 'Version string is in an invalid format: resource=x'],
  ['Resource=4.0', 400, 'Version string is in an invalid format: Resource=4.0'],
  [
    'resource=4.0,resource=4.0',
    400,
    'Version string is in an invalid format: resource=4.0,resource=4.0',
  ],
  ['4.0', 400, 'Version string is in an invalid format: 4.0'],
  ['protocol=3.0', 400, 'Unsupported major version: 3.0'],
  ['protocol=2.3,resource=4.0', 400, 'Unsupported minor version: 2.3'],
] as const) {
  test(`Accept-API-Version: ${header}`, async () => {
    const stage = await openStage();
    const answer = await stage.act('refresh', await stage.login(), {
      headers: { 'Accept-API-Version': header },
    });
    if (code !== 200) return assertError(answer, code, outcome);
    assert.equal(answer.status, 200, answer.body);
    assert.equal(answer.headers['Content-API-Version'], outcome);
    assert.equal(answer.headers.Warning, header.includes('resource') ? undefined : WARNING);
  });
}

const WARNING = '100 CREST "Accept-API-Version should be included in the request."';

test('who asks for no version gets the newest, the oldest, or nothing', async () => {
  for (const [config, version, warning] of [
    [{}, 'resource=2.0', WARNING],
    [{ default_version: 'oldest' }, 'resource=1.1', WARNING],
    [{ warning_header: false }, 'resource=2.0', undefined],
  ] as const) {
    const stage = await openStage(config);
    const { headers } = await stage.send({ path: INFO });
    assert.equal(headers['Content-API-Version'], version);
    assert.equal(headers.Warning, warning);
  }
  const stage = await openStage({ default_version: 'none' });
  const message = 'No requested version specified and behavior set to NONE.';
  assertError(await stage.send({ path: INFO }), 400, message);
  assertError(await stage.send({ method: 'POST', path: `${BASE}/authenticate` }), 400, message);
  const asked = await stage.send({ path: INFO, headers: { 'Accept-API-Version': 'resource=1.0' } });
  assert.equal(asked.headers['Content-API-Version'], 'resource=1.1');
});

test('the cookie alone is not believed: another site could have sent it', async () => {
  const stage = await openStage();
  const Cookie = `${COOKIE}=${await stage.login()}`;
  const send = (ask: Partial<Ask>) => stage.send({ method: 'POST', path: REFRESH, ...ask });
  assertError(await send({ headers: { Cookie } }), 403, 'Forbidden');
  assertError(await send({ headers: { Cookie }, method: 'DELETE' }), 403, 'Forbidden');
  assertError(await send({ headers: { Cookie }, path: `${BASE}/authenticate` }), 403, 'Forbidden');
  for (const planted of [`${COOKIE}=`, `${COOKIE}=""`, `${COOKIE}=x`, 'x=y']) {
    const headers = { Cookie: `${planted}; ${Cookie}` };
    assertError(await send({ headers }), 403, 'Forbidden');
  }
  const overridden = { Cookie, 'X-HTTP-Method-Override': 'GET' };
  assertError(await send({ headers: overridden, path: INFO }), 403, 'Forbidden');
  for (const more of [{ 'X-Requested-With': 'x' }, { 'Accept-API-Version': 'resource=4.0' }]) {
    assert.equal((await send({ headers: { Cookie, ...more } })).status, 200);
  }
  assert.equal((await send({ headers: { Cookie }, method: 'GET', path: INFO })).status, 200);
});

test('only what is there can be done', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const unsupported = 'Operation is not supported.';
  for (const [method, path] of [
    ['PUT', `${BASE}/sessions`],
    ['PATCH', `${BASE}/sessions`],
    ['DELETE', `${BASE}/sessions/${tokenId}`],
    ['PUT', `${BASE}/sessions/x`],
    ['POST', `${BASE}/sessions`],
    ['POST', `${BASE}/sessions?_action=create`],
    ['POST', `${BASE}/sessions?_action=`],
    ['GET', `${BASE}/users`],
    ['GET', `${BASE}/users?_queryFilter=true`],
    ['POST', `${INFO}?_action=refresh`],
    ['DELETE', INFO],
  ] as const) {
    const headers = { [COOKIE]: tokenId };
    assertError(await stage.send({ method, path, headers }), 501, unsupported);
  }
  assertError(await stage.send({ path: `${BASE}/authenticate` }), 405, 'Method Not Allowed');
});

test('a POST without an action is a fault before protocol 2.1', async () => {
  const stage = await openStage();
  const ask = { method: 'POST', path: `${BASE}/sessions` };
  const headers = { 'Accept-API-Version': 'protocol=2.0,resource=4.0' };
  const message = "No values provided for the request parameter '_action'";
  assertError(await stage.send({ ...ask, headers }), 400, message);
});

test('a POST may stand for another method', async () => {
  const stage = await openStage();
  const send = (method: string, path: string) =>
    stage.send({ method: 'POST', path, headers: { 'X-HTTP-Method-Override': method } });
  assert.equal(bodyOf(await send('GET', INFO))._id, '*');
  assertError(await send('PUT', REFRESH), 501, 'Operation is not supported.');
  assertError(await send('BREW', REFRESH), 501, 'Method BREW not supported');
});

test('HEAD is taken for the GET that it is', async () => {
  const stage = await openStage();
  const path = `${JSON_BASE}/serverinfo/*`;
  const route = stage.dialect.routes.find(
    (one) => one.method === 'GET' && one.path === `${JSON_BASE}/serverinfo/:id`,
  );
  assert.ok(route);
  const wire = wireRequest({ path, headers: { 'Content-Type': 'text/plain' } });
  const answer = await route.handle({ ...wire, method: 'HEAD', params: { id: '*' } });
  assert.equal(answer.status, 200);
});

test('conditions are not supported', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  for (const [name, code, message] of [
    ['If-Match', 412, 'If-Match not supported for POST requests'],
    ['If-None-Match', 412, 'If-None-Match not supported for POST requests'],
    ['If-Modified-Since', 409, 'Header If-Modified-Since not supported'],
    ['If-Unmodified-Since', 409, 'Header If-Unmodified-Since not supported'],
  ] as const) {
    const answer = await stage.act('refresh', tokenId, { headers: { [name]: '*' } });
    assertError(answer, code, message);
    assert.equal(bodyOf(answer).reason, code === 412 ? 'Precondition Failed' : 'Conflict');
  }
  const read = await stage.send({ path: INFO, headers: { 'If-Match': '"1"' } });
  assertError(read, 412, 'If-Match not supported for GET requests');
});

test('a body is JSON, or nothing, or multipart and not looked at', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const send = (type: string | undefined, body: string) =>
    stage.act('refresh', tokenId, { headers: { 'Content-Type': type }, body });
  for (const [type, body] of [
    [undefined, ''],
    [undefined, '{}'],
    ['application/json', ''],
    ['application/json; charset=utf-8', '{"withCredentials":true}'],
    ['application/json;charset=utf8', ' '],
    ['Application/JSON', '""'],
    ['multipart/form-data; boundary=x', '--x--'],
  ] as const) {
    assert.equal((await send(type, body)).status, 200, `${type} ${body}`);
  }
  const start = 'The request could not be processed because ';
  const invalid = `${start}the provided content is not valid JSON`;
  assertError(await send('application/json', '{'), 400, invalid);
  assertError(await send('application/json', '\ufffe\0'), 400, invalid);
  const trailing = `${start}there is trailing data after the JSON content`;
  assertError(await send('application/json', '{} {}'), 400, trailing);
  const type = 'application/x-www-form-urlencoded';
  assertError(
    await send(type, 'a=b'),
    400,
    `${start}it specified the content-type '${type}' when only the content-type ` +
      "'application/json' and 'multipart/form-data' are supported",
  );
});

test('a parameter that can only be once', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const text = (name: string) =>
    `Multiple values provided for the single-valued request parameter '${name}'`;
  for (const [query, name] of [
    ['_action=refresh&_ACTION=refresh', '_action'],
    ['_action=refresh&tokenId=a&tokenid=b', 'tokenId'],
    ['_action=refresh&realm=alpha&realm=alpha', 'realm'],
    ['_action=refresh&_prettyPrint=true&_prettyPrint=true', '_prettyPrint'],
  ] as const) {
    const path = `${BASE}/sessions?${query}`;
    const headers = { [COOKIE]: tokenId };
    const answer = await stage.send({ method: 'POST', path, headers });
    assertError(answer, 400, text(name));
  }
});

test('_fields chooses of what is read, and leaves an action whole', async () => {
  const stage = await openStage();
  const read = await stage.send({ path: `${INFO}?_FIELDS=realm,zeroPageLogin/enabled,nope` });
  assert.equal(read.body, '{"realm":"/alpha","zeroPageLogin":{"enabled":false}}');
  const answer = await stage.send({
    method: 'POST',
    path: `${REFRESH}&_fields=uid`,
    headers: { [COOKIE]: await stage.login() },
  });
  assert.deepEqual(Object.keys(bodyOf(answer)).length, 6);
});

test('_prettyPrint lays out answers and errors', async () => {
  const stage = await openStage();
  const fields = 'domains,protectedUserAttributes,zeroPageLogin';
  const answer = await stage.send({ path: `${INFO}?_prettyprint=TRUE&_fields=${fields}` });
  assert.equal(
    answer.body,
    [
      '{',
      '  "domains" : [ ],',
      '  "protectedUserAttributes" : [ "telephoneNumber", "mail" ],',
      '  "zeroPageLogin" : {',
      '    "enabled" : false,',
      '    "refererWhitelist" : [ ],',
      '    "allowedWithoutReferer" : true',
      '  }',
      '}',
    ].join('\n'),
  );
  const error = await stage.send({ method: 'POST', path: `${REFRESH}&_prettyPrint=true` });
  const lines = ['{', '  "code" : 401,', '  "reason" : "Unauthorized",'];
  assert.equal(error.body, [...lines, '  "message" : "Access Denied"', '}'].join('\n'));
});

test("the headers of a read, of an action, and of the host's rejections", async () => {
  const stage = await openStage();
  const common = {
    'X-Frame-Options': 'SAMEORIGIN',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none';frame-ancestors 'none';sandbox",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    Expires: '0',
    Pragma: 'no-cache',
    'Content-Type': 'application/json;charset=UTF-8',
  };
  const read = await stage.send({ path: INFO, headers: { 'Accept-API-Version': 'resource=1.1' } });
  assert.deepEqual(read.headers, {
    ...common,
    'Cache-Control': 'no-store',
    ETag: `"${bodyOf(read)._rev}"`,
    'Content-API-Version': 'resource=1.1',
  });
  const action = await stage.act('refresh', await stage.login());
  const version = { 'Content-API-Version': 'resource=4.0' };
  assert.deepEqual(action.headers, { ...common, 'Cache-Control': 'private', ...version });
  const rejected = stage.dialect.reject('body_too_large', wireRequest({ path: REFRESH }));
  assert.deepEqual(rejected.headers, { ...common, 'Cache-Control': 'private' });
});

test('the name of a transaction comes back, when it is fit to', async () => {
  const stage = await openStage();
  const name = 'X-ForgeRock-TransactionId';
  const echoes = async (id: string): Promise<readonly WireAnswer[]> => {
    const headers = { [name]: id };
    return [
      await stage.send({ path: INFO, headers }),
      await stage.act('refresh', undefined, { headers }),
      await stage.send({ method: 'POST', path: `${BASE}/authenticate`, headers }),
      stage.dialect.reject('no_such_path', wireRequest({ path: '/am/json/x', headers })),
    ];
  };
  for (const answer of await echoes('5f1e-/0')) assert.equal(answer.headers[name], '5f1e-/0');
  for (const id of ['a b', 'a\r\nb', 'é', 'x'.repeat(256)]) {
    for (const answer of await echoes(id)) assert.equal(answer.headers[name], undefined);
  }
});
