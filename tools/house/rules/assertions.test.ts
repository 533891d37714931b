/** Tests of the assertions that every test must have. */

import { it } from 'node:test';
import { catches, spares } from '../house.testing.ts';
import { assertions } from './assertions.ts';

it('a test file that asserts nothing is found', () => {
  for (const source of [
    `import assert from 'node:assert/strict';\nit('x', () => f());`,
    `it('x', () => f()); // assert(true)`,
    `it('assert.ok(', f);`,
  ]) {
    catches(assertions, { 'server/src/a.test.ts': source }, /a\.test\.ts:1 /);
  }
});

it('any way to assert will do', () => {
  for (const source of [
    'assert(a);',
    'assert.equal(a, b);',
    'fc.assert(p);',
    'expect(a).toBe(b);',
  ]) {
    spares(assertions, { 'server/src/a.test.ts': source });
  }
  spares(assertions, { 'server/src/a.ts': 'f();', 'server/src/a.testing.ts': 'f();' });
});

it('a suite asserts for those that call it, unless it does not', () => {
  const test = `import { suite } from './suite.ts';\nsuite(f);`;
  const asserting = `import assert from 'node:assert/strict';\nassert.ok(f);`;
  spares(assertions, { 'a.test.ts': test, 'suite.ts': asserting });
  spares(assertions, {
    'a.test.ts': test,
    'suite.ts': `import { it } from 'node:test';\nimport { part } from './part.ts';`,
    'part.ts': asserting,
  });
  catches(assertions, { 'a.test.ts': test, 'suite.ts': 'f();' }, /a\.test\.ts/);
});
