/**
 * Where a sign-out may send a browser: nowhere that its operator has not named.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { schema } from './config.ts';
import { readGoto } from './goto.ts';

const config = schema.parse({
  valid_gotos: [
    'https://app.example.com/left/*',
    'https://exact.example.com/here?x=1',
    'http://127.0.0.1:9999*',
  ],
});

test('takes paths of its own site, and what the config allows', () => {
  for (const text of [
    ...[
      '/am/XUI/#login',
      '/',
      'here?x=1',
      '#login',
      '?a=b',
      './a',
      '../a',
      '/a//b',
      '/a:b',
      '/%D8%A2',
    ],
    ...['https://app.example.com/left/', 'https://app.example.com/left/a?b=c#d'],
    ...['https://exact.example.com/here?x=1', 'http://127.0.0.1:9999/callback'],
  ]) {
    assert.equal(readGoto(text, config), text);
  }
  assert.equal(
    readGoto('HTTPS://APP.example.com:443/left/x', config),
    'https://app.example.com/left/x',
  );
});

const EVIL = [
  ...[
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
  ],
  ...['https://evil.example', 'https:evil.example', 'http:/evil.example', 'HTTP:evil.example'],
  ...['javascript:alert(1)', 'data:text/html,x', 'JaVaScRiPt:alert(1)', 'blob:x', 'a+b.c-d:x'],
  ...[
    ' //evil.example',
    '/\t/evil.example',
    '\t//evil.example',
    '/\n/evil.example',
    '\0//evil.example',
  ],
  ...['java\nscript:alert(1)', ' javascript:alert(1)', '/a b', '/\u2028', '\u00a0//evil.example'],
  ...['https://app.example.com.evil.example/left/', 'https://app.example.com@evil.example/left/'],
  ...['https://evil.example@app.example.com/left/', 'https://u:p@app.example.com/left/'],
  ...['https://app.example.com/left/../else', 'https://app.example.com/left/%2e%2e/else'],
  ...[
    'http://app.example.com/left/',
    'https://app.example.com:8443/left/',
    'https://app.example.com/',
  ],
  ...['https://exact.example.com/here?x=2', 'https://exact.example.com/here?x=1&y=2'],
  ...['http://127.0.0.1:9998/', 'http://127.0.0.1:99990/', '', `/${'x'.repeat(2000)}`],
];

test('takes nothing else', () => {
  for (const text of EVIL) assert.equal(readGoto(text, config), undefined, JSON.stringify(text));
  assert.equal(readGoto(undefined, config), undefined);
});

test('whatever it takes stays where it may, from any page', () => {
  const pieces = fc.constantFrom(
    ...['/', '\\', ':', '//', 'http', 'https', 'javascript', 'evil.example', '@', '#', '?', '.'],
    ...['..', '\t', '\n', '\r', ' ', '\0', '%2f', 'app.example.com', '/left/', ';', '&', '[', ']'],
  );
  const texts = fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      const taken = readGoto(text, config);
      if (taken === undefined) return;
      for (const page of ['http://sso.example.com/am/XUI/', 'https://sso.example.com/am/XUI/']) {
        const there = URL.parse(taken, page);
        const mine = [URL.parse(page)?.origin, 'https://app.example.com'];
        assert.ok(there === null || mine.includes(there.origin), taken);
      }
    }),
    { numRuns: 5000 },
  );
});

test('the config takes addresses alone', () => {
  for (const written of [
    '*',
    '/here',
    'https://',
    'javascript:*',
    'app.example.com/*',
    '',
    'https://*.example.com/',
  ]) {
    assert.ok(!schema.safeParse({ valid_gotos: [written] }).success, written);
  }
});
