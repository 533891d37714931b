/**
 * Reading and writing cookies.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { cookie, cookieTraits, expireCookie, setCookie } from './cookies.ts';
import { wireRequest } from './world.testing.ts';

test('reads a cookie', () => {
  for (const [header, value] of [
    ['a=1', '1'],
    ['b=2; a=1; a=3', '1'],
    ['b=2;a=1', '1'],
    ['a="1"', '1'],
    ['a=x=y', 'x=y'],
    ['a=', ''],
    ['aa=1; a', undefined],
    ['', undefined],
  ] as const) {
    const request = wireRequest({ path: '/', headers: { cookie: header } });
    assert.equal(cookie(request, 'a'), value, header);
  }
  assert.equal(cookie(wireRequest({ path: '/' }), 'a'), undefined);
});

test('reads the one that could be ours among several of a name', () => {
  const request = wireRequest({
    path: '/',
    headers: { cookie: 'a=old-server; a=lamp_1; a=lamp_2' },
  });
  assert.equal(
    cookie(request, 'a', (value) => value.startsWith('lamp_')),
    'lamp_1',
  );
  assert.equal(
    cookie(request, 'a', () => false),
    'old-server',
  );
});

test('writes a cookie, and takes it back', () => {
  assert.equal(
    setCookie('a', '1', { secure: true, sameSite: 'None' }),
    'a=1; Path=/; Secure; HttpOnly; SameSite=None',
  );
  const traits = { secure: false, httpOnly: false, sameSite: 'Strict' } as const;
  assert.equal(setCookie('a', '1', traits), 'a=1; Path=/; SameSite=Strict');
  assert.equal(
    expireCookie('a', traits),
    'a=; Path=/; SameSite=Strict; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
  );
});

test('a cookie is Secure over https, and where the operator says so', () => {
  for (const [secure_cookie, origin, secure] of [
    [false, 'http://a.example', false],
    [false, 'https://a.example', true],
    [true, 'http://a.example', true],
  ] as const) {
    const request = wireRequest({ path: '/', origin });
    const traits = cookieTraits({ secure_cookie, same_site: 'Lax' }, request);
    assert.deepEqual(traits, { secure, sameSite: 'Lax' });
  }
});
