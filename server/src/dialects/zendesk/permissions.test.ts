/**
 * Who may do what: every endpoint, for an administrator, an agent, an end user, nobody, and somebody
 * who is signed in to another realm.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { sessionNumber } from './encode.ts';
import { sessionText } from './shape.ts';
import { API_TOKEN, type Browser, basic, openStage, type Stage } from './zendesk.testing.ts';

const CALLERS = ['administrator', 'agent', 'end user', 'nobody', 'other realm'] as const;

type Who = (typeof CALLERS)[number];

/** `me` and `own` are the caller, `other` somebody else; `own-s` and `other-s` sessions of these. */
const TABLE: readonly (readonly [endpoint: string, ...statuses: number[]])[] = [
  ['GET /api/v2/users/me/session/renew', 200, 200, 200, 401, 401],
  ['GET /api/v2/users/me/session', 200, 200, 200, 401, 401],
  ['GET /api/v2/users/me', 200, 200, 200, 200, 200],
  ['GET /api/v2/users/{own}', 200, 200, 200, 401, 401],
  ['GET /api/v2/users/{other}', 200, 403, 404, 401, 401],
  ['GET /api/v2/help_center/sessions', 200, 200, 200, 200, 200],
  ['GET /api/v2/sessions', 200, 200, 200, 401, 401],
  ['GET /api/v2/users/me/sessions', 200, 200, 200, 401, 401],
  ['GET /api/v2/users/{own}/sessions', 200, 200, 200, 401, 401],
  ['GET /api/v2/users/{other}/sessions', 200, 403, 404, 401, 401],
  ['GET /api/v2/users/{nobody}/sessions', 404, 403, 404, 401, 401],
  ['GET /api/v2/users/me/sessions/{own-s}', 200, 200, 200, 401, 401],
  ['GET /api/v2/users/{own}/sessions/{own-s}', 200, 200, 200, 401, 401],
  ['GET /api/v2/users/{own}/sessions/{other-s}', 404, 404, 404, 401, 401],
  ['GET /api/v2/users/{other}/sessions/{other-s}', 200, 403, 404, 401, 401],
  ['DELETE /api/v2/users/me/sessions/{own-s}', 204, 204, 204, 401, 401],
  ['DELETE /api/v2/users/{own}/sessions/{own-s}', 204, 204, 204, 401, 401],
  ['DELETE /api/v2/users/{own}/sessions/{other-s}', 404, 404, 404, 401, 401],
  ['DELETE /api/v2/users/{other}/sessions/{other-s}', 204, 403, 404, 401, 401],
  ['DELETE /api/v2/users/me/sessions', 204, 204, 204, 401, 401],
  ['DELETE /api/v2/users/{own}/sessions', 204, 204, 204, 401, 401],
  ['DELETE /api/v2/users/{other}/sessions', 204, 403, 404, 401, 401],
  ['DELETE /api/v2/users/me/logout', 204, 204, 204, 401, 401],
  ['DELETE /api/v2/users/{own}/logout', 204, 204, 204, 401, 401],
  ['DELETE /api/v2/users/{other}/logout', 404, 403, 404, 401, 401],
  ['GET /api/v2/users/me/logout', 204, 204, 204, 401, 401],
  ['GET /api/v2/users/{own}/logout', 204, 204, 204, 401, 401],
  ['GET /api/v2/users/{other}/logout', 404, 403, 404, 401, 401],
];

const NAMES = { administrator: 'root', agent: 'grace', 'end user': 'ada' } as const;

/** Headers of a caller, and what the placeholders of the table stand for. */
async function enter(stage: Stage, who: Who, isWrite: boolean) {
  const name = who === 'nobody' || who === 'other realm' ? 'ada' : NAMES[who];
  const otherName = name === 'ada' ? 'grace' : 'ada';
  const [own, other] = [await stage.browser(name), await stage.browser(otherName)];
  const values = new Map([
    ['own', String(stage.people[name].number)],
    ['other', String(stage.people[otherName].number)],
    ['nobody', '17'],
    ['own-s', String(sessionNumber(own.session))],
    ['other-s', String(sessionNumber(other.session))],
  ]);
  const cookie = who === 'other realm' ? await foreignCookie(stage) : own.cookie;
  const headers = who === 'nobody' ? {} : { cookie, ...(isWrite && { 'X-CSRF-Token': own.csrf }) };
  return { headers, values, own, other };
}

/** Of somebody who is signed in to another realm, and has the same name there. */
async function foreignCookie({ services }: Stage): Promise<string> {
  const { sessions } = services;
  const epoch = await sessions.epoch('beta', 'ada');
  const opened = await sessions.open({ realm: 'beta', subject: 'ada', epoch, origin: 'native' });
  assert.ok(!('refused' in opened));
  return `_zendesk_shared_session=${sessionText(services, opened.session)}`;
}

const pathOf = (endpoint: string, values: ReadonlyMap<string, string>) =>
  endpoint.replaceAll(/\{([\w-]+)\}/g, (_, name: string) => values.get(name) ?? assert.fail(name));

test('the table has every endpoint', async () => {
  const { dialect } = await openStage();
  const asked = TABLE.map(([endpoint]) => {
    const path = endpoint.replace(/(?<=users\/)\{\w+\}/, ':user').replace(/\{\w+-s\}/, ':session');
    return path;
  });
  for (const { method, path } of dialect.routes) {
    const endpoint = `${method} ${path.replace('.json', '')}`;
    assert.ok(asked.includes(endpoint), `${endpoint} is not in the table`);
  }
});

for (const [endpoint, ...statuses] of TABLE) {
  test(endpoint, async () => {
    const stage = await openStage({}, { realms: ['beta'] });
    const [method = ''] = endpoint.split(' ');
    for (const [at, who] of CALLERS.entries()) {
      for (const suffix of ['', '.json']) {
        const { headers, values, own, other } = await enter(stage, who, method === 'DELETE');
        const path = pathOf(endpoint, values).slice(method.length + 1) + suffix;
        const answer = await stage.send({ method, path, headers });
        assert.equal(answer.status, statuses[at], `${who}: ${path} ${answer.body}`);
        const ends = await Promise.all(
          [own, other].map(async ({ session }) => stage.services.sessions.inspect(session.id)),
        );
        const [ownEnd, otherEnd] = ends.map((found) => found?.end ?? null);
        const isEnded = answer.status === 204;
        const isAboutOther = endpoint.includes('{other}');
        assert.equal(ownEnd !== null, isEnded && !isAboutOther, `${who}: ${path}`);
        assert.equal(otherEnd !== null, isEnded && isAboutOther, `${who}: ${path}`);
        if (otherEnd) {
          assert.deepEqual([otherEnd.reason, otherEnd.by], ['ended_by_administrator', 'admin']);
        }
        if (ownEnd) {
          const isAll = /sessions$/.test(endpoint);
          const reason = isAll ? 'signed_out_everywhere' : 'signed_out';
          assert.deepEqual([ownEnd.reason, ownEnd.by], [reason, 'user']);
          const [cookie] = [answer.headers['Set-Cookie']].flat();
          assert.match(String(cookie), /^_zendesk_shared_session=; .*Max-Age=0/);
        } else {
          assert.equal(answer.headers['Set-Cookie'], undefined);
        }
      }
    }
  });
}

test('a list has everybody’s sessions for an administrator, and one’s own for others', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  await foreignCookie(stage);
  const browsers: (Browser & { readonly name: 'ada' | 'grace' | 'root' })[] = [];
  for (const name of ['ada', 'grace', 'root', 'ada'] as const) {
    browsers.push({ name, ...(await stage.browser(name)) });
  }
  for (const { name, cookie } of browsers) {
    const { body } = await stage.send({ path: '/api/v2/sessions', headers: { cookie } });
    const { sessions } = JSON.parse(body);
    const seen = browsers.filter((one) => name === 'root' || one.name === name);
    const want = seen.map((one) => [sessionNumber(one.session), stage.people[one.name].number]);
    const got = sessions.map(({ id, user_id }: Record<string, number>) => [id, user_id]);
    assert.deepEqual(got.toSorted(), want.toSorted(), name);
  }
});

test('what others are told about a person is a setting', async () => {
  for (const [others_forbidden_to, agent, user] of [
    ['nobody', 404, 404],
    ['agents', 403, 404],
    ['everybody', 403, 403],
  ] as const) {
    const stage = await openStage({ others_forbidden_to });
    for (const [name, status] of [
      ['grace', agent],
      ['ada', user],
    ] as const) {
      const { cookie } = await stage.browser(name);
      for (const number of [stage.people.root.number, 17]) {
        const path = `/api/v2/users/${number}/sessions`;
        const answer = await stage.send({ path, headers: { cookie } });
        assert.equal(answer.status, status, `${others_forbidden_to} ${name}`);
        const told = { title: 'Forbidden', message: 'You do not have access to this page.' };
        const error = status === 403 ? told : 'RecordNotFound';
        assert.deepEqual(JSON.parse(answer.body).error, error);
      }
    }
  }
});

test('whoever has another role meanwhile may do what that one may', async () => {
  const stage = await openStage();
  const { root, ada } = stage.people;
  await stage.browser('ada');
  const { cookie, csrf } = await stage.browser('root');
  const { authorization } = await stage.bearer('root');
  const { directory } = stage.services;
  const find = directory.find.bind(directory);
  directory.find = async (realm, subject) => {
    const person = await find(realm, subject);
    return person && { ...person, role: subject === root.subject ? 'user' : person.role };
  };
  const path = `/api/v2/users/${ada.number}/sessions`;
  for (const headers of [{ cookie, 'X-CSRF-Token': csrf }, { authorization }]) {
    for (const method of ['GET', 'DELETE']) {
      assert.equal((await stage.send({ method, path, headers })).status, 404);
    }
    const { sessions } = JSON.parse((await stage.send({ path: '/api/v2/sessions', headers })).body);
    assert.ok(sessions.length > 0);
    assert.ok(sessions.every(({ user_id }: { user_id: number }) => user_id === root.number));
    const behalf = { ...headers, 'X-On-Behalf-Of': 'ada@example.com' };
    assert.equal((await stage.send({ path, headers: behalf })).status, 403);
  }
});

test('whoever is no longer active is let in by nothing', async () => {
  const stage = await openStage();
  const { cookie, csrf } = await stage.browser();
  const { authorization } = await stage.bearer();
  const { directory } = stage.services;
  directory.find = async () => ({ ...stage.people.ada, active: false });
  const token = basic('ada@example.com/token', API_TOKEN);
  for (const path of ['/api/v2/sessions', '/api/v2/users/me/session/renew', '/api/v2/users/me']) {
    for (const headers of [
      { cookie, 'X-CSRF-Token': csrf },
      { authorization },
      { authorization: token },
    ]) {
      assert.equal((await stage.send({ path, headers })).status, 401, path);
    }
  }
  directory.resolve = async () => ({ ...stage.people.ada, active: false });
  directory.find = async () => stage.people.root;
  const { authorization: speaker } = await stage.bearer('root', { scope: ['read', 'impersonate'] });
  const headers = { authorization: speaker, 'X-On-Behalf-Of': 'ada@example.com' };
  assert.equal((await stage.send({ path: '/api/v2/users/me', headers })).status, 404);
});
