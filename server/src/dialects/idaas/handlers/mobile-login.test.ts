/**
 * Verification codes: who gets one, what it is good for, and what guessing comes to.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { HOUR, MINUTE } from '../../../engine/engine.testing.ts';
import { request } from '../../world.testing.ts';
import { schema } from '../config.ts';
import { NOOR, OPTIONS, openStage, PATHS, SDK_HEADERS, verified } from '../idaas.testing.ts';
import { idaas } from '../index.ts';

const BAD_CODE = { error_code: 'IDAAS.SDK.CAPTCHA.0007', error_msg: 'Incorrect verification code' };
const NOT_SENT = {
  error_code: 'IDAAS.SDK.CAPTCHA.0006',
  error_msg: 'Failed to send verification code',
};
const MOBILE = NOOR.mobile;
const THIEF = { 'X-device-fingerprint': 'of-a-thief' };

async function open(options: object = {}, world: object = {}) {
  const stage = await openStage(options, world);
  const noor = await stage.addNoor();
  const ask = (mobile = MOBILE, headers = {}, more: object = {}) =>
    stage.sdk(PATHS.sendCode, { body: { mobile, type: 'LOGIN_SMS', ...more }, headers });
  const enter = (verify_code: string, mobile = MOBILE, ask: object = {}) =>
    stage.sdk(PATHS.mobileLogin, { body: { mobile, verify_code }, ...ask });
  /** The latest code that was sent. */
  const code = () => stage.codes.at(-1)?.code ?? assert.fail('no code was sent');
  return { ...stage, stage, noor, ask, enter, code };
}

/** Another one than this. */
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

test('a code that was sent signs in on the device that asked for it', async () => {
  const { stage, noor, ask, enter, code, codes, sessionOf } = await open();
  const sent = await ask(MOBILE, {}, { captcha_token: 'x' });
  assert.deepEqual([sent.status, sent.body], [200, '']);
  assert.match(code(), /^\d{6}$/);
  const [notice, ...more] = codes;
  assert.deepEqual(more, []);
  const { realm, mobile } = NOOR;
  assert.deepEqual(notice, { notice: 'verification_code', realm, mobile, code: code() });
  const { status, json } = await enter(code());
  assert.equal(status, 200, JSON.stringify(json));
  assert.deepEqual(Object.keys(json), ['session_token', 'expire', 'status', 'id_token']);
  assert.equal(json.status, 'SUCCESS');
  assert.equal((await verified(stage, json.id_token)).sub, noor.subject);
  const session = await sessionOf(json.session_token);
  assert.equal(session.grants[0]?.binding.kind, 'device');
  assert.deepEqual(session.methods, ['otp', 'sms']);
});

test('a code is good once, also for many who enter it at once', async () => {
  const { ask, enter, code } = await open({}, { lockout: { failures: 0, failuresAnywhere: 0 } });
  await ask();
  const answers = await Promise.all(Array.from({ length: 20 }, () => enter(code())));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.deepEqual((await enter(code())).json, BAD_CODE);
  const used = code();
  await ask();
  assert.notEqual(code(), used, 'the next one is another');
  assert.equal((await enter(code())).status, 200);
});

test('a code is for one device and one number, and lapses', async () => {
  const { ask, enter, code, clock } = await open();
  await ask();
  assert.deepEqual((await enter(code(), MOBILE, { headers: THIEF })).json, BAD_CODE);
  assert.deepEqual((await enter(code(), '+971500000008')).json, BAD_CODE);
  assert.deepEqual((await enter(wrong(code()))).json, BAD_CODE);
  clock.advance(5 * MINUTE - 1);
  assert.equal((await enter(code())).status, 200);
  await ask();
  clock.advance(5 * MINUTE);
  assert.equal((await enter(code())).status, 200, 'its stretch of time is over, its life is not');
  await ask();
  clock.advance(10 * MINUTE);
  assert.deepEqual((await enter(code())).json, BAD_CODE);
});

test('a code that was never sent is no good, and not for whoever tries it twice', async () => {
  const twin = await open();
  await twin.ask();
  const { ask, enter, code } = await open();
  // The same world: its first code would be the same one.
  assert.deepEqual((await enter(twin.code())).json, BAD_CODE);
  assert.deepEqual((await enter(twin.code())).json, BAD_CODE);
  await ask();
  assert.equal(code(), twin.code());
  assert.deepEqual((await enter(code())).json, BAD_CODE, 'it was given away');
  await ask();
  assert.equal((await enter(code())).status, 200);
});

test('strangers get the answers that people get, and no code', async () => {
  const { ask, enter, codes, services } = await open();
  // A user name that looks like a number is nobody's number.
  await services.directory.add({
    realm: 'alpha',
    username: '4711',
    password: NOOR.password,
    mobile: '+971500000047',
  });
  for (const mobile of ['+971500000009', '4711', 'ada', 'x', '\ud800', '9'.repeat(5000)]) {
    const { status, body } = await ask(mobile);
    assert.deepEqual([status, body], [200, ''], mobile);
    assert.deepEqual((await enter('000000', mobile)).json, BAD_CODE);
  }
  assert.deepEqual(codes, []);
});

test('however often one asks and guesses, it shows of no number whether it is somebody’s', async () => {
  const { ask, enter, code, codes } = await open();
  for (const mobile of [MOBILE, '+971500000009', 'x']) {
    for (let count = 0; count < 12; count++) {
      const { status, headers, body } = await ask(mobile);
      assert.deepEqual([status, headers, body], [200, {}, ''], mobile);
    }
    for (let guess = 0; guess < 25; guess++) {
      assert.deepEqual((await enter(wrong(code()), mobile)).json, BAD_CODE, mobile);
    }
  }
  assert.equal(codes.length, 10);
});

test('a person is found by their number, however it is set out', async () => {
  const stage = await openStage();
  await stage.services.directory.add(NOOR);
  const body = { mobile: ' +971 (50) 000-0007', type: 'LOGIN_SMS' };
  assert.equal((await stage.sdk(PATHS.sendCode, { body })).status, 200);
  const entered = { mobile: MOBILE, verify_code: stage.codes[0]?.code };
  assert.equal((await stage.sdk(PATHS.mobileLogin, { body: entered })).status, 200);
});

test('ten codes a day, for all devices together', async () => {
  const { ask, codes, clock } = await open();
  for (let count = 0; count < 10; count++) {
    assert.equal((await ask(MOBILE, count % 2 ? THIEF : {})).status, 200);
  }
  assert.equal((await ask()).status, 200, 'nobody is told');
  assert.equal(codes.length, 10);
  clock.advance(12 * HOUR);
  assert.equal((await ask()).status, 200);
  assert.equal(codes.length, 11);
});

test('a few wrong guesses lock the number, as long as passwords are locked', async () => {
  const { ask, enter, code, clock } = await open({ code_life: '1h' });
  await ask();
  for (let guess = 0; guess < 10; guess++) {
    assert.deepEqual((await enter(wrong(code()))).json, BAD_CODE);
  }
  assert.deepEqual((await enter(code())).json, BAD_CODE, 'it is the right one');
  clock.advance(15 * MINUTE);
  assert.equal((await enter(code())).status, 200, 'it was not looked at meanwhile');
});

test('guesses side by side are no more than guesses one by one', async () => {
  const { ask, enter, code } = await open();
  await ask();
  const guesses = Array.from({ length: 200 }, (_, at) => (at === 199 ? code() : wrong(code())));
  const answers = await Promise.all(guesses.map((guess) => enter(guess)));
  for (const { json } of answers) assert.deepEqual(json, BAD_CODE, 'the right one came too late');
});

test('nobody sends codes where nobody may see them', async () => {
  const none = await open({ code_sender: 'none' });
  assert.deepEqual((await none.ask()).json, NOT_SENT);
  const { services, ask, codes } = await open();
  const noDemo = idaas.create({ ...services, showCode: undefined }, schema.parse(OPTIONS));
  const body = { mobile: MOBILE, type: 'LOGIN_SMS' };
  const refused = await request(noDemo, { path: PATHS.sendCode, headers: SDK_HEADERS, body });
  assert.deepEqual(JSON.parse(refused.body), NOT_SENT, 'the log is for a demo alone');
  assert.deepEqual((await ask(MOBILE, {}, { type: 'REGISTER_SMS' })).json, NOT_SENT);
  assert.deepEqual(codes, []);
});

test('what is missing is named', async () => {
  const { sdk } = await open();
  for (const [path, body, name] of [
    [PATHS.sendCode, { type: 'LOGIN_SMS' }, 'mobile'],
    [PATHS.sendCode, { mobile: MOBILE }, 'type'],
    [PATHS.mobileLogin, { mobile: MOBILE }, 'verify_code'],
    [PATHS.mobileLogin, { mobile: 5, verify_code: '000000' }, 'mobile'],
  ] as const) {
    const { json } = await sdk(path, { body });
    assert.equal(json.error_msg, `Parameter ${name} is required`);
  }
});
