/**
 * UserInfo: claims by scope, and challenges.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { BASE, openStage } from '../oauth.testing.ts';

const PATH = `${BASE}/userinfo`;

test('the scope opens the claims', async () => {
  const { granted, send, people } = await openStage();
  const of = async (scope: string, method = 'GET') => {
    const { json } = await granted('web', scope);
    const headers = { Authorization: `Bearer ${json.access_token}` };
    const answer = await send({ path: PATH, method, headers });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['Cache-Control'], 'no-store');
    return JSON.parse(answer.body);
  };
  const { subject: sub } = people.ada;
  assert.deepEqual(await of('openid'), { sub });
  assert.deepEqual(await of('openid email', 'POST'), { sub, email: 'ada@example.com' });
  assert.deepEqual(await of('openid profile'), {
    sub,
    name: 'Ada Lamp',
    'name#ar': 'آدا لامب',
    given_name: 'Ada',
    family_name: 'Lamp',
    preferred_username: 'ada',
  });
});

test('whoever brings no good token is challenged', async () => {
  const { granted, send, services, clock } = await openStage();
  const { json, session } = await granted('web', 'openid');
  const narrow = await granted('web', 'edit');
  const of = async (token: string | undefined) => {
    const headers: Record<string, string> = {};
    if (token !== undefined) headers.Authorization = `Bearer ${token}`;
    const { status, headers: sent, body } = await send({ path: PATH, headers });
    return { status, challenge: sent['WWW-Authenticate'], error: JSON.parse(body).error };
  };
  assert.deepEqual(await of(undefined), {
    status: 401,
    challenge: 'Bearer realm="/alpha"',
    error: 'invalid_token',
  });
  const invalid = (why: string) => ({
    status: 401,
    challenge: `Bearer realm="/alpha", error="invalid_token", error_description="${why}"`,
    error: 'invalid_token',
  });
  for (const text of ['x', json.refresh_token, json.id_token]) {
    assert.deepEqual(await of(text), invalid('The access token is invalid or has expired'));
  }
  assert.deepEqual(await of(narrow.json.access_token), {
    status: 403,
    challenge:
      'Bearer realm="/alpha", error="insufficient_scope", ' +
      'error_description="The scope openid is missing"',
    error: 'insufficient_scope',
  });
  await services.sessions.endSession(session, { reason: 'ended_by_administrator', by: 'admin' });
  assert.deepEqual(
    await of(json.access_token),
    invalid('grant is invalid: the session ended (ended_by_administrator)'),
  );
  clock.advance(3_600_000);
  assert.deepEqual(
    await of(json.access_token),
    invalid('The access token is invalid or has expired'),
  );
});

test('a token may come in a form, by one way alone (RFC 6750, 2.2 and 3.1)', async () => {
  const { granted, send, people } = await openStage();
  const { access_token } = (await granted('web', 'openid')).json;
  const Authorization = `Bearer ${access_token}`;
  const of = async (body: string, headers: Record<string, string> = {}, method = 'POST') => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8', ...headers };
    const answer = await send({ path: PATH, method, headers: form, body: Buffer.from(body) });
    return [answer.status, JSON.parse(answer.body).error ?? JSON.parse(answer.body).sub];
  };
  const text = `access_token=${access_token}`;
  assert.deepEqual(await of(text), [200, people.ada.subject]);
  assert.deepEqual(await of('', { Authorization }), [200, people.ada.subject]);
  assert.deepEqual(await of(text, { Authorization }), [400, 'invalid_request']);
  assert.deepEqual(await of(`${text}&${text}`), [400, 'invalid_request']);
  assert.deepEqual(await of('access_token=x'), [401, 'invalid_token']);
  assert.deepEqual(await of('access_token='), [401, 'invalid_token']);
  assert.deepEqual(await of(text, {}, 'GET'), [401, 'invalid_token']);
  assert.deepEqual(await of(text, { 'Content-Type': 'text/plain' }), [401, 'invalid_token']);
});
