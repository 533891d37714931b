/**
 * The small pieces for reading requests and writing answers.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  authorization,
  basicCredentials,
  formBody,
  jsonAnswer,
  jsonBody,
  mediaType,
  queryValue,
  timestamp,
  utf8,
} from './answers.ts';
import { wireRequest } from './world.testing.ts';

const withHeader = (name: string, value: string) =>
  wireRequest({ path: '/', headers: { [name]: value } });

test('an answer is JSON, with the headers that were given', () => {
  const answer = jsonAnswer(
    401,
    { a: 'آدا' },
    { 'Content-Type': 'application/json', A: ['b', 'c'] },
  );
  assert.deepEqual(answer, {
    status: 401,
    headers: { 'Content-Type': 'application/json', A: ['b', 'c'] },
    body: '{"a":"آدا"}',
  });
  const plain = jsonAnswer(200, {}).headers;
  assert.deepEqual(plain, { 'Content-Type': 'application/json;charset=UTF-8' });
});

test('reads the first value of a query parameter', () => {
  const request = wireRequest({ path: '/?a=1&a=2&b=&__proto__=x' });
  assert.equal(queryValue(request, 'a'), '1');
  assert.equal(queryValue(request, 'b'), '');
  assert.equal(queryValue(request, '__proto__'), 'x');
  assert.equal(queryValue(request, 'constructor'), undefined);
});

test('reads the credentials of a scheme, and of that one alone', () => {
  for (const [header, value] of [
    ['Bearer abc', 'abc'],
    ['bearer  abc ', 'abc'],
    ['  BEARER abc', 'abc'],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    ['Basic abc', undefined],
    ['', undefined],
  ] as const) {
    assert.equal(authorization(withHeader('authorization', header), 'bearer'), value, header);
  }
});

test('reads user and password', () => {
  const read = (text: string) =>
    basicCredentials(withHeader('authorization', `Basic ${Buffer.from(text).toString('base64')}`));
  assert.deepEqual(read('ada:a:b'), { user: 'ada', password: 'a:b' });
  assert.deepEqual(read('آدا:'), { user: 'آدا', password: '' });
  const latin1 = Buffer.from('ada:pässwörd', 'latin1').toString('base64');
  const request = withHeader('authorization', `Basic ${latin1}`);
  assert.deepEqual(basicCredentials(request), { user: 'ada', password: 'pässwörd' });
  assert.equal(read('ada'), undefined);
  assert.equal(basicCredentials(withHeader('authorization', 'Basic')), undefined);
});

test('a body that is no JSON object is none', () => {
  const read = (body: string | Buffer) => jsonBody(wireRequest({ path: '/', body }));
  assert.deepEqual(read(''), {});
  assert.deepEqual(read('{"a":"آدا"}'), { a: 'آدا' });
  for (const body of ['[]', 'null', '"a"', '1', '{', '{}x', Buffer.from([0x7b, 0xff, 0x7d])]) {
    assert.equal(read(body), undefined, String(body));
  }
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const found = read(Buffer.from(bytes));
      assert.ok(found === undefined || typeof found === 'object');
    }),
  );
});

test('reads every value of every field of a form, as clients write them', () => {
  const body = 'scope=openid profile&redirect_uri=http://127.0.0.1/cb&a=1&a=2&b&c=%D8%A2';
  const form = formBody(wireRequest({ path: '/', body }));
  assert.deepEqual(form.get('scope'), ['openid profile']);
  assert.deepEqual(form.get('redirect_uri'), ['http://127.0.0.1/cb']);
  assert.deepEqual(form.get('a'), ['1', '2']);
  assert.deepEqual(form.get('b'), ['']);
  assert.deepEqual(form.get('c'), ['آ']);
  const typed = formBody(wireRequest({ path: '/', body: 'state=x&code=abc\r\n' }));
  assert.deepEqual(typed.get('code'), ['abc']);
});

test('reads the media type without its parameters', () => {
  for (const [header, value] of [
    ['application/json', 'application/json'],
    ['Application/JSON;charset=utf8', 'application/json'],
    [' text/plain ; a=b', 'text/plain'],
    ['', undefined],
    [';', undefined],
  ] as const) {
    assert.equal(mediaType(withHeader('content-type', header)), value, header);
  }
});

test('writes a moment to the second', () => {
  assert.equal(timestamp(Date.UTC(2014, 10, 18, 17, 24, 29, 999)), '2014-11-18T17:24:29Z');
});

test('reads UTF-8, and nothing else', () => {
  assert.equal(utf8(Buffer.from('آدا')), 'آدا');
  for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
    assert.equal(utf8(Buffer.from(bytes)), undefined);
  }
});
