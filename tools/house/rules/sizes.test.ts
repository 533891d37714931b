/** Tests of the notes on sizes. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findings } from '../house.testing.ts';
import { sizes } from './sizes.ts';

const lines = (count: number) => 'f();\n'.repeat(count);

it('long files and long functions are noted', () => {
  assert.deepEqual(findings(sizes, { 'a.ts': lines(401) }), ['a.ts:1 401 lines; the aim is 400']);
  for (const head of ['function f() ', 'const f = () => ', 'class A { f(a: B): Promise<C> ']) {
    const source = `\n${head}{\n${lines(80)}}${head.startsWith('class') ? '}' : ''}\n`;
    assert.deepEqual(findings(sizes, { 'a.ts': source }), [
      'a.ts:2 a function of 82 lines; the aim is 70',
    ]);
  }
});

it('short ones, long blocks and long tests are not', () => {
  assert.deepEqual(
    findings(sizes, {
      'a.ts': lines(400),
      'b.ts': `function f() {\n${lines(60)}}\n`,
      'c.ts': `for (const a of b) {\n${lines(80)}}\n`,
      'd.ts': `const a = {\n${'b,\n'.repeat(80)}};\n`,
      'e.test.ts': `describe('x', () => {\n${lines(80)}});\n`,
    }),
    [],
  );
});
