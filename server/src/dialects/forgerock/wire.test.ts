/**
 * The dialect against golden exchanges, the host's rejections, and a store that is down.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { StoreFault } from '../../stores/store.ts';
import { exchangeTexts, testErrors, testExchanges } from '../exchange.testing.ts';
import { wireRequest } from '../world.testing.ts';
import { EXCHANGES, openExchanges } from './exchanges.testing.ts';
import { assertError, BASE, loginAsk, openStage } from './forgerock.testing.ts';
import { ACTIONS } from './handlers/actions/table.ts';

testExchanges(EXCHANGES, openExchanges);

testErrors(EXCHANGES, new URL('errors.ts', import.meta.url), /amError\(\s*\d+,\s*['"]([^'"]+)/g);

test('every action has an exchange that goes well', () => {
  const texts = exchangeTexts(EXCHANGES).filter((text) => text.includes('HTTP/1.1 200'));
  for (const [name] of ACTIONS) {
    const asked = new RegExp(`^POST .*_action=${name}\\b`, 'im');
    assert.ok(
      texts.some((text) => asked.test(text)),
      name,
    );
  }
});

test('says what the host found in the words of AM', async () => {
  const { dialect } = await openStage();
  const found = wireRequest({ path: `${BASE}/type1/node1` });
  const reject = (rejection: Parameters<typeof dialect.reject>[0]) =>
    dialect.reject(rejection, found);
  assertError(reject('no_such_path'), 404, "Resource 'type1/node1' not found");
  assertError(reject('method_not_allowed'), 405, 'Method Not Allowed');
  assertError(reject('body_too_large'), 413, 'Request Entity Too Large');
  assertError(reject('headers_too_large'), 431, 'Request Header Fields Too Large');
  assert.equal(
    JSON.parse(reject('headers_too_large').body).reason,
    'Request Header Fields Too Large',
  );
  assertError(reject('malformed_request'), 400, 'Bad Request');
  assertError(reject('timed_out'), 408, 'Request Time-out');
  assertError(reject('unavailable'), 503, 'Service Unavailable');
  assertError(reject('internal_error'), 500, 'Internal Server Error');
  assert.equal(reject('unavailable').headers['Retry-After'], '1');
  assert.equal(reject('internal_error').headers['Retry-After'], undefined);
});

test('a store that is down is no verdict on a session', async () => {
  const stage = await openStage();
  const tokenId = await stage.login();
  const { read } = stage.store;
  stage.store.read = () => Promise.reject(new StoreFault('down'));
  for (const call of [
    () => stage.send(loginAsk('ada', stage.people.ada.password)),
    () => stage.act('refresh', tokenId),
    () => stage.act('getSessionInfo', tokenId),
    () => stage.act('logout', tokenId),
  ]) {
    await assert.rejects(call, StoreFault);
  }
  const answer = stage.dialect.reject('unavailable', wireRequest({ path: `${BASE}/sessions` }));
  assertError(answer, 503, 'Service Unavailable');
  assert.equal(answer.headers['Retry-After'], '1');
  stage.store.read = read;
  assert.equal((await stage.act('refresh', tokenId)).status, 200);
});
