/**
 * The filter grammar: what it reads, what it refuses, and that nothing makes it stumble.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Filter, readFilter } from './query-filter.ts';

function compare(field: string, value: string | number | boolean, operator = 'eq'): Filter {
  return { op: 'compare', operator, field: field.split('/'), value };
}

test('reads comparisons', () => {
  for (const [text, filter] of [
    ['realm eq "/alpha"', compare('realm', '/alpha')],
    ["realm eq '/alpha'", compare('realm', '/alpha')],
    ['/realm EQ "/alpha"', compare('realm', '/alpha')],
    ['  realm\teq\n"/alpha"  ', compare('realm', '/alpha')],
    ['realm eq"/alpha"', undefined],
    ['name co "a (b) \'c\'"', compare('name', "a (b) 'c'", 'co')],
    ['name sw "say \\"x\\" \\\\ \\n"', compare('name', 'say "x" \\ n', 'sw')],
    ['name eq ""', compare('name', '')],
    ['a/b/c gt 12', compare('a/b/c', 12, 'gt')],
    ['a ge -7', compare('a', -7, 'ge')],
    ['a lt 1.5', compare('a', 1.5, 'lt')],
    ['a le -.5e3', compare('a', -500, 'le')],
    ['a eq true', compare('a', true)],
    ['a eq FALSE', compare('a', false)],
    ['a custom.op_1 "x"', compare('a', 'x', 'custom.op_1')],
    ['a~1b eq 1', { op: 'compare', operator: 'eq', field: ['a/b'], value: 1 }],
    ['a~01 eq 1', { op: 'compare', operator: 'eq', field: ['a~1'], value: 1 }],
    ['username pr', { op: 'pr', field: ['username'] }],
    ['true', { op: 'literal', value: true }],
    ['False', { op: 'literal', value: false }],
    ['/ pr', { op: 'pr', field: [''] }],
    ['/true pr', { op: 'pr', field: ['true'] }],
    ['نام eq "آدا"', compare('نام', 'آدا')],
  ] as const) {
    assert.deepEqual(readFilter(text), filter, text);
  }
});

test('and binds closer than or, ! closest, brackets before all', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name): Filter => ({ op: 'pr', field: [name] }));
  assert.ok(a && b && c);
  for (const [text, filter] of [
    ['a pr and b pr and c pr', { op: 'and', filters: [a, b, c] }],
    ['a pr or b pr and c pr', { op: 'or', filters: [a, { op: 'and', filters: [b, c] }] }],
    ['a pr and b pr or c pr', { op: 'or', filters: [{ op: 'and', filters: [a, b] }, c] }],
    ['(a pr or b pr) AND c pr', { op: 'and', filters: [{ op: 'or', filters: [a, b] }, c] }],
    ['! a pr and b pr', { op: 'and', filters: [{ op: 'not', filter: a }, b] }],
    ['!(a pr and b pr)', { op: 'not', filter: { op: 'and', filters: [a, b] } }],
    ['((a pr))', a],
  ] as const) {
    assert.deepEqual(readFilter(text), filter, text);
  }
});

test('refuses what is no filter', () => {
  for (const text of [
    ...['', ' ', 'realm', 'realm eq', 'eq "x"', '"realm" eq "x"', 'realm eq x', 'realm eq "x'],
    ...["realm eq 'x", 'realm eq "x\\', 'realm = "x"', 'realm eq "x" and', 'and realm eq "x"'],
    ...[
      '(realm eq "x"',
      'realm eq "x")',
      '()',
      '(',
      ')',
      'not (a pr)',
      '!! a pr',
      '!',
      'a pr b pr',
    ],
    ...[
      'a eq (1)',
      'a eq 1x',
      'a eq 0x10',
      'a eq 1e5',
      'a eq NaN',
      'a eq 1.e999',
      'a eq .',
      `a eq ${'9'.repeat(19)}`,
    ],
    ...['a in ["x"]', 'a eq ["x"]', 'a "eq" 1', ') eq 1', 'a ( 1', 'a eq "x""y"'],
  ]) {
    assert.equal(readFilter(text), undefined, text);
  }
});

test('is bounded in length and in depth', () => {
  const nested = (depth: number) => `${'('.repeat(depth)}a pr${')'.repeat(depth)}`;
  assert.ok(readFilter(nested(64)));
  assert.equal(readFilter(nested(65)), undefined);
  assert.equal(readFilter('('.repeat(4096)), undefined);
  const long = (length: number) => `a eq "${'x'.repeat(length - 7)}"`;
  assert.ok(readFilter(long(4096)));
  assert.equal(readFilter(long(4097)), undefined);
});

/** Plain objects, as the reader makes them. */
function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}

const words = fc
  .stringMatching(/^[a-z][a-zA-Z0-9~_.-]{0,8}$/)
  .filter((word) => !/^(?:true|false)$/i.test(word));

const fields = fc.array(words, { minLength: 1, maxLength: 3 });

const FINITE = { noNaN: true, noDefaultInfinity: true };

const filters = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    record({ op: fc.constant('pr' as const), field: fields }),
    record({ op: fc.constant('literal' as const), value: fc.boolean() }),
    record({
      op: fc.constant('compare' as const),
      operator: fc.constantFrom('eq', 'co', 'sw', 'gt', 'ge', 'lt', 'le', 'x.y_1'),
      field: fields,
      value: fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.double(FINITE), fc.boolean()),
    }),
    record({ op: fc.constant('not' as const), filter: tie('filter') }),
    record({
      op: fc.constantFrom('and' as const, 'or' as const),
      filters: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).filter;

function write(filter: Filter): string {
  switch (filter.op) {
    case 'literal':
      return `${filter.value}`;
    case 'pr':
      return `${writeField(filter.field)} pr`;
    case 'not':
      return `!(${write(filter.filter)})`;
    case 'compare':
      return `${writeField(filter.field)} ${filter.operator} ${writeValue(filter.value)}`;
    default:
      return filter.filters.map((one) => `(${write(one)})`).join(` ${filter.op} `);
  }
}

function writeField(field: readonly string[]): string {
  return field.map((one) => `/${one.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function writeValue(value: string | number | boolean): string {
  if (typeof value === 'string') return `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
  if (typeof value === 'boolean') return `${value}`;
  const text = Object.is(value, -0) ? '-0' : `${value}`;
  return text.includes('.') ? text : text.replace(/(?=e|$)/, '.');
}

test('reads back whatever filter is written down', () => {
  fc.assert(
    fc.property(filters, (filter) => {
      const text = write(filter);
      fc.pre(text.length <= 4096);
      assert.deepEqual(readFilter(text), filter);
    }),
    { numRuns: 2000 },
  );
});

test('takes any text at all without a stumble', () => {
  const pieces = fc.oneof(
    fc.constantFrom(
      '(',
      ')',
      '!',
      ' ',
      '"',
      "'",
      '\\',
      'and',
      'or',
      'eq',
      'pr',
      'realm',
      '1.',
      '/',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const filter = readFilter(parts.join(''));
      if (filter) assert.deepEqual(readFilter(write(filter)), filter);
    }),
    { numRuns: 5000 },
  );
});
