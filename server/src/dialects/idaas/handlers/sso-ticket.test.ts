/**
 * Tickets: whose they are, for whom, how often, and for how long.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MINUTE } from '../../../engine/engine.testing.ts';
import { request } from '../../world.testing.ts';
import { schema } from '../config.ts';
import {
  BAD_TOKEN,
  CLIENT,
  OPTIONS,
  OTHER_CLIENT,
  openStage,
  PATHS,
  REFRESH_BODY,
  type Stage,
} from '../idaas.testing.ts';
import { idaas } from '../index.ts';

const BAD_TICKET = {
  error_code: 'IDAAS.SDK.PARAM.0024',
  error_msg: 'Invalid or expired ticket',
};

const issue = (stage: Stage, access: string, session_token: string, more: object = {}) =>
  stage.tenant(PATHS.ssoTicket, access, { session_token, ...more });
const verify = (stage: Stage, access: string, sso_ticket: string, more: object = {}) =>
  stage.tenant(PATHS.verifyTicket, access, { sso_ticket, ...more });

async function withTicket(options: object = {}, more: object = {}) {
  const stage = await openStage(options);
  const access = await stage.bearer();
  const login = await stage.login();
  const { status, json } = await issue(stage, access, login.session_token, more);
  assert.equal(status, 200, JSON.stringify(json));
  return { stage, access, login, json, ticket: String(json.sso_ticket) };
}

test('a ticket tells once whose session it is', async () => {
  const { stage, access, json, ticket, login } = await withTicket();
  assert.deepEqual(Object.keys(json), ['expire', 'sso_ticket']);
  assert.equal(json.expire, 300);
  assert.match(ticket, /^ssoTicket-[A-Za-z0-9]{32}$/);
  const first = await verify(stage, access, ticket);
  assert.equal(first.status, 200);
  const { subject } = stage.people.ada;
  const ada = { id: subject, userName: 'ada', name: 'Ada Lamp', mobile: null };
  assert.equal(first.body, JSON.stringify({ ...ada, email: 'ada@example.com' }));
  assert.equal(first.headers['Cache-Control'], 'no-store');
  const second = await verify(stage, access, ticket);
  assert.deepEqual([second.status, second.json], [400, BAD_TICKET]);
  assert.equal((await login.session()).end, null, 'the session lives on');
});

test('of 50 who verify one ticket at once, one learns whose it is', async () => {
  const { stage, access, ticket } = await withTicket();
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => verify(stage, access, ticket)),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
});

test('a ticket answers wrapped by option, as Huawei has it', async () => {
  const { stage, access, ticket } = await withTicket({ user_info: 'wrapped' });
  const { json, status } = await verify(stage, access, ticket);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ['code', 'message', 'data']);
  assert.deepEqual(Object.keys(json.data.user), ['userName', 'id', 'name', 'mobile', 'email']);
});

test('a ticket lapses', async () => {
  for (const [options, lifeMs] of [
    [{}, 300_000],
    [{ sso_ticket_life: '10s' }, 10_000],
  ] as const) {
    for (const [waitMs, status] of [
      [lifeMs - 1, 200],
      [lifeMs, 400],
    ] as const) {
      const { stage, access, ticket } = await withTicket(options);
      stage.clock.advance(waitMs);
      assert.equal((await verify(stage, access, ticket)).status, status);
    }
  }
});

test('a ticket is for its application and its device alone', async () => {
  const { stage, access, ticket } = await withTicket();
  const other = await stage.bearer(OTHER_CLIENT);
  for (const refused of [
    await verify(stage, other, ticket),
    await verify(stage, access, ticket, { device_fingerprint: 'of-a-thief' }),
    await verify(stage, access, ticket.replace('ssoTicket-', '')),
    await verify(stage, access, `${ticket}0`),
    await verify(stage, access, 'x'),
  ]) {
    assert.deepEqual([refused.status, refused.json], [400, BAD_TICKET]);
  }
  assert.equal((await verify(stage, access, ticket)).status, 200, 'none of that spent it');

  const more = { client_id: OTHER_CLIENT.client_id };
  const named = await withTicket({}, more);
  assert.equal((await verify(named.stage, named.access, named.ticket)).status, 400);
  const others = await named.stage.bearer(OTHER_CLIENT);
  assert.equal((await verify(named.stage, others, named.ticket)).status, 200);
});

test('a ticket dies with its session', async () => {
  const { stage, access, ticket, login } = await withTicket();
  await stage.logout(login.session_token);
  assert.deepEqual((await verify(stage, access, ticket)).json, BAD_TICKET);
  assert.deepEqual((await issue(stage, access, login.session_token)).json, BAD_TOKEN);
});

test('tickets do not renew, and take no spent session token', async () => {
  const { stage, access, login } = await withTicket({ tenant_token_life: '3h' });
  const before = (await login.session()).grants[0];
  assert.equal(before?.generation, 1);
  const { session_token } = (await stage.refresh(access, login.session_token)).json;
  const retry = await issue(stage, access, login.session_token);
  assert.equal(retry.status, 200, 'the answer to the refresh may be on its way');
  assert.equal((await issue(stage, access, session_token)).status, 200);
  stage.clock.advance(60_000);
  // The successor is in use: the old one is theft, and ends the sign-in.
  assert.deepEqual((await issue(stage, access, login.session_token)).json, BAD_TOKEN);
  assert.equal((await login.session()).end?.reason, 'token_replayed');
});

test('a thief gets no ticket, the owner does, and the attempt is in the history', async () => {
  const { stage, access, login } = await withTicket();
  const thief = { device_fingerprint: 'of-a-thief' };
  assert.deepEqual((await issue(stage, access, login.session_token, thief)).json, BAD_TOKEN);
  const unknown = { client_id: 'nobody' };
  const { json } = await issue(stage, access, login.session_token, unknown);
  assert.equal(json.error_code, 'IDAAS.SDK.APP.0001');
  const odd = await issue(stage, access, login.session_token, { client_id: ['x'] });
  assert.equal(odd.json.error_code, 'IDAAS.SDK.APP.0001');
  const { history } = await login.session();
  const [note] = history.filter(({ what }) => what === 'binding_refused');
  assert.equal(note?.about, CLIENT.client_id);
  assert.equal((await issue(stage, access, login.session_token)).status, 200);
});

test('a ticket every second for two hours leaves the others all their room', async () => {
  const { stage, access, login } = await withTicket({ tenant_token_life: '3h' });
  const before = await login.session();
  const tickets = new Set<string>();
  for (let count = 0; count < 7200; count++) {
    const { status, json } = await issue(stage, access, login.session_token);
    assert.equal(status, 200);
    tickets.add(json.sso_ticket);
    stage.clock.advance(1000);
  }
  assert.equal(tickets.size, 7200, 'each is another one');
  const after = await login.session();
  assert.deepEqual([after.nextSlot, after.tickets], [before.nextSlot, []]);
  assert.ok(after.lastAccessAt > stage.clock.now() - 2 * MINUTE, 'whoever asks is there');
  const ask = { application: CLIENT.client_id, device: 'another', origin: '' };
  const given = await stage.dialect.credential(after, ask);
  assert.ok('credential' in given, 'a portal can still open the next device');
  const last = [...tickets].at(-1) ?? '';
  assert.equal((await verify(stage, access, last)).status, 200);
});

test('tickets of one moment are told apart, and none comes back when its bits do', async () => {
  const { stage, access, login } = await withTicket({ tenant_token_life: '3h' });
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => issue(stage, access, login.session_token)),
  );
  const tickets = answers.map(({ json }) => String(json.sso_ticket));
  assert.equal(new Set(tickets).size, 200);
  const [first = '', ...others] = tickets;
  assert.equal((await verify(stage, access, first)).status, 200);
  // The expiry in a ticket is the same again after 4096 seconds.
  stage.clock.advance(4096 * 1000);
  for (const ticket of [first, ...others]) {
    assert.deepEqual((await verify(stage, access, ticket)).json, BAD_TICKET);
  }
});

test('tickets outlive a rotation of the keys, and are of one record and one realm', async () => {
  const { stage, access, ticket } = await withTicket();
  await stage.services.keyring.rotate('mac');
  const beta = idaas.create(stage.services, schema.parse({ ...OPTIONS, realm: 'beta' }));
  const { sessions } = stage.services;
  const { inspect } = sessions;
  sessions.inspect = async (id) => {
    const found = await inspect(id);
    return found && { ...found, session: { ...found.session, salt: 'another' } };
  };
  const stolen = await verify(stage, access, ticket);
  assert.deepEqual(stolen.json, BAD_TICKET, 'a key alone makes none, without the record');
  sessions.inspect = inspect;
  const query = { grant_type: 'client_credentials', ...CLIENT };
  const { body } = await request(beta, { method: 'POST', path: PATHS.token, query });
  const headers = { Authorization: `Bearer ${JSON.parse(body).access_token}` };
  const sent = { sso_ticket: ticket, ...REFRESH_BODY };
  const refused = await request(beta, { path: PATHS.verifyTicket, headers, body: sent });
  assert.deepEqual(JSON.parse(refused.body), BAD_TICKET);
  assert.equal((await verify(stage, access, ticket)).status, 200);
});

test('nobody learns of a person who is not active any more', async () => {
  const { stage, access, ticket, login } = await withTicket({ refresh_id_token: true });
  const { directory } = stage.services;
  const { find } = directory;
  Object.assign(directory, {
    find: async (realm: string, subject: string) => {
      const person = await find(realm, subject);
      return person && { ...person, active: false };
    },
  });
  assert.deepEqual((await verify(stage, access, ticket)).json, BAD_TICKET);
  assert.deepEqual((await stage.refresh(access, login.session_token)).json, BAD_TOKEN);
  const headers = { 'session-token': login.session_token };
  for (const path of [PATHS.idToken, PATHS.refreshIdToken]) {
    assert.deepEqual((await stage.sdk(path, { headers })).json, BAD_TOKEN);
  }
});
