/**
 * Passwords that have ended or are about to: the way through a state token.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { DAY, MINUTE } from '../../../engine/engine.testing.ts';
import {
  FINGERPRINT,
  OTHER_CLIENT,
  openStage,
  PATHS,
  type Stage,
  verified,
} from '../idaas.testing.ts';

const NEW = 'a-brighter-lamp-9';
const BAD_STATE = { error_code: 'IDAAS.SDK.PARAM.0014', error_msg: 'Invalid state token' };

async function openAged(ageMs: number) {
  const passwordAge = { maxMs: 30 * DAY, warnMs: 7 * DAY };
  const stage = await openStage({}, { passwordAge });
  stage.clock.advance(ageMs);
  return stage;
}

const warned = () => openAged(24 * DAY);
const expired = () => openAged(30 * DAY);

async function signIn(stage: Stage, password: string = stage.people.ada.password) {
  const { json } = await stage.sdk(PATHS.login, { body: { user_name: 'ada', password } });
  return json;
}

const skip = (stage: Stage, state: string, more: Readonly<Record<string, string>> = {}) =>
  stage.sdk(PATHS.passwordSkip, { method: 'GET', headers: { 'X-state-token': state, ...more } });

const update = (stage: Stage, state: string, body: object = {}, more: object = {}) =>
  stage.sdk(PATHS.passwordUpdate, {
    headers: { 'X-state-token': state, ...more },
    body: { old_password: stage.people.ada.password, new_password: NEW, ...body },
  });

test('a password that is about to end: a warning, and no session yet', async () => {
  const early = await openAged(23 * DAY - 1);
  assert.equal((await signIn(early)).status, 'SUCCESS');
  const stage = await warned();
  const json = await signIn(stage);
  assert.deepEqual(Object.keys(json), ['status', 'state_token', 'data']);
  assert.equal(json.status, 'PASSWORD_WARN');
  const rules = JSON.parse(json.data);
  assert.deepEqual(Object.keys(rules), ['maxLength', 'minLength', 'regEx']);
  assert.match(NEW, new RegExp(rules.regEx));
  assert.deepEqual(stage.events, [], 'no session was opened');
  const wrong = await signIn(stage, 'wrong');
  assert.equal(wrong.error_code, 'IDAAS.SDK.LOGIN.0001');
});

test('a warning can be skipped, once', async () => {
  const stage = await warned();
  const { state_token } = await signIn(stage);
  const answers = await Promise.all(Array.from({ length: 20 }, () => skip(stage, state_token)));
  const [good, ...more] = answers.filter(({ status }) => status === 200);
  assert.equal(more.length, 0, 'one session, however many ask');
  assert.deepEqual(Object.keys(good?.json), ['status', 'expire', 'session_token', 'id_token']);
  assert.equal(good?.json.status, 'SUCCESS');
  assert.equal((await verified(stage, good?.json.id_token)).sub, stage.people.ada.subject);
  assert.equal((await stage.refresh(await stage.bearer(), good?.json.session_token)).status, 200);
  assert.deepEqual((await skip(stage, state_token)).json, BAD_STATE);
  assert.deepEqual((await update(stage, state_token)).json, BAD_STATE);
});

test('a password that has ended is changed, and not skipped', async () => {
  const stage = await expired();
  const json = await signIn(stage);
  assert.equal(json.status, 'PASSWORD_EXPIRED');
  assert.deepEqual((await skip(stage, json.state_token)).json, BAD_STATE);
  const { status, json: updated } = await update(stage, json.state_token);
  assert.equal(status, 200, JSON.stringify(updated));
  assert.deepEqual(Object.keys(updated), ['status', 'expire', 'session_token', 'id_token']);
  assert.equal((await stage.refresh(await stage.bearer(), updated.session_token)).status, 200);
  assert.equal((await signIn(stage)).error_code, 'IDAAS.SDK.LOGIN.0001');
  assert.equal((await signIn(stage, NEW)).status, 'SUCCESS');
  assert.deepEqual((await update(stage, json.state_token)).json, BAD_STATE);
});

test('a new password ends the sessions of the old one, and opens its own', async () => {
  const stage = await warned();
  const before = await signIn(stage);
  const { session_token } = (await skip(stage, before.state_token)).json;
  const { state_token } = await signIn(stage);
  const updated = await update(stage, state_token);
  assert.equal(updated.status, 200);
  const { end } = await stage.sessionOf(session_token);
  assert.deepEqual([end?.reason, end?.by], ['password_changed', 'user']);
  assert.equal((await stage.sessionOf(updated.json.session_token)).end, null);
});

test('of ten updates at once, one sets its password', async () => {
  const stage = await expired();
  const { state_token } = await signIn(stage);
  const passwords = Array.from({ length: 10 }, (_, at) => `${NEW}-${at}`);
  const answers = await Promise.all(
    passwords.map((new_password) => update(stage, state_token, { new_password })),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  const winner = passwords[answers.findIndex(({ status }) => status === 200)];
  assert.equal((await signIn(stage, winner)).status, 'SUCCESS');
});

test('what is wrong with the passwords leaves the state token good', async () => {
  const stage = await expired();
  const { state_token } = await signIn(stage);
  const cases: [code: string, body: object][] = [
    ['IDAAS.SDK.PASSWORD.0001', { old_password: 'wrong' }],
    ['IDAAS.SDK.PASSWORD.0002', { new_password: 'short' }],
    ['IDAAS.SDK.PASSWORD.0002', { new_password: 'x'.repeat(2000) }],
    ['IDAAS.SDK.PASSWORD.0002', { new_password: stage.people.ada.password }],
    ['IDAAS.SDK.PARAM.0001', { old_password: '' }],
    ['IDAAS.SDK.PARAM.0001', { new_password: undefined }],
    ['IDAAS.SDK.PARAM.0001', { new_password: [NEW] }],
  ];
  for (const [code, body] of cases) {
    const { status, json } = await update(stage, state_token, body);
    assert.deepEqual([status, json.error_code], [400, code]);
  }
  assert.equal((await update(stage, state_token)).status, 200);
});

test('old passwords are not guessed for ever', async () => {
  const stage = await expired();
  const { state_token } = await signIn(stage);
  for (let guess = 0; guess < 50; guess++) {
    await update(stage, state_token, { old_password: `guess-${guess}` });
  }
  const { json } = await update(stage, state_token);
  assert.equal(json.error_code, 'IDAAS.SDK.LOGIN.0004');
  assert.equal((await signIn(stage)).error_code, 'IDAAS.SDK.LOGIN.0004');
});

test('a state token is for its device and application, for ten minutes', async () => {
  const stage = await warned();
  const { state_token, session_token } = await signIn(stage);
  assert.equal(session_token, undefined);
  const { id_token } = (await skip(stage, (await signIn(stage)).state_token)).json;
  const [head = '', claims = '', mac = ''] = state_token.split('.');
  const more = claims.replace(/^./, (letter: string) => (letter === 'e' ? 'f' : 'e'));
  for (const refused of [
    await skip(stage, state_token, { 'X-device-fingerprint': 'of-a-thief' }),
    await skip(stage, state_token, { 'X-client-id': OTHER_CLIENT.client_id }),
    await update(stage, state_token, {}, { 'X-device-fingerprint': 'of-a-thief' }),
    await skip(stage, id_token),
    await skip(stage, `${head}.${more}.${mac}`),
    await skip(stage, `${head}.${claims}.`),
    await skip(stage, 'x'),
  ]) {
    assert.deepEqual([refused.status, refused.json], [400, BAD_STATE]);
  }
  assert.ok(!Buffer.from(claims, 'base64url').toString().includes(FINGERPRINT));
  const without = await stage.sdk(PATHS.passwordSkip, { method: 'GET' });
  assert.equal(without.json.error_msg, 'Parameter X-state-token is required');
  stage.clock.advance(10 * MINUTE - 1);
  assert.equal((await skip(stage, state_token)).status, 200);
  const late = await signIn(stage);
  stage.clock.advance(10 * MINUTE + 1000);
  assert.deepEqual((await skip(stage, late.state_token)).json, BAD_STATE);
});

test('whoever is signed out everywhere meanwhile is not let in', async () => {
  const stage = await warned();
  const { state_token } = await signIn(stage);
  const why = { reason: 'signed_out_everywhere', by: 'admin' } as const;
  await stage.services.sessions.endSubject('alpha', stage.people.ada.subject, why);
  assert.deepEqual((await skip(stage, state_token)).json, BAD_STATE);
  assert.deepEqual((await update(stage, state_token)).json, BAD_STATE);
  assert.equal((await signIn(stage)).status, 'PASSWORD_WARN', 'the password is the old one');
});
