/**
 * The page about security requirements is held to what is there: the files and tests that it cites,
 * the numbers of the standards, and its own sums.
 */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

const ROOT = path.join(import.meta.dirname, '..');
const PAGE = path.join(ROOT, 'docs/reference/security-requirements.md');

const STATES = ['met', 'partly', 'not', 'not ours'] as const;

/** How many requirements the sections of ASVS 5.0.0 have. */
const ASVS: Readonly<Record<string, number>> = {
  ...{ '7.1': 3, '7.2': 4, '7.3': 2, '7.4': 5, '7.5': 3, '7.6': 2 },
  ...{ '9.1': 3, '9.2': 4 },
  ...{ '10.1': 2, '10.2': 3, '10.3': 5, '10.4': 16, '10.5': 5, '10.6': 2, '10.7': 3 },
};

/** The sections of RFC 9700 that ask for something. */
const RFC_9700 = [
  ...['2.1', '2.1.1', '2.1.2', '2.2.1', '2.2.2', '2.3', '2.4', '2.5', '2.6'],
  ...Array.from({ length: 17 }, (_, at) => `4.${at + 1}`),
];

interface Row {
  readonly standard: string;
  /** Such as `2.1 a`, or `7.1.1 L2`. */
  readonly number: string;
  readonly state: string;
  readonly where: string;
  readonly tests: string;
}

type Read = (file: string) => string | undefined;

/** Of the repository; a path may leave out `server/src`. */
const read: Read = (file) => {
  const found = [file, `server/src/${file}`].find((each) => existsSync(path.join(ROOT, each)));
  return found === undefined ? undefined : readFileSync(path.join(ROOT, found), 'utf8');
};

function rowsOf(page: string): Row[] {
  return page.split(/^## /m).flatMap((section) => {
    const [, standard] = /^(RFC 9700|ASVS) ?/.exec(section) ?? [];
    const [, chapter] = /^ASVS 5\.0, (V\d+)/.exec(section) ?? [];
    if (standard === undefined) return [];
    const lines = section.split('\n').filter((line) => /^\| [\d.]+[ |]/.test(line));
    return lines.map((line) => {
      const [, number = '', , state = '', where = '', tests = '', ...more] = line
        .split('|')
        .map((cell) => cell.trim());
      assert.equal(more.length, 1, `${number} has five cells`);
      return { standard: chapter ? `ASVS ${chapter}` : standard, number, state, where, tests };
    });
  });
}

/** What a row says that is not so. */
function faultsOf({ number, state, where, tests }: Row, readFile: Read): string[] {
  const faults: string[] = [];
  const fault = (text: string) => faults.push(`${number}: ${text}`);
  if (!STATES.some((one) => one === state)) fault(`"${state}" is no state`);
  for (const [, file = ''] of `${where} ${tests}`.matchAll(FILE)) {
    if (readFile(file) === undefined) fault(`${file} is not there`);
  }
  // Each name belongs to the file before it.
  const [before = '', ...cited] = tests.split(/`([\w./-]+\.test\.ts)`/);
  if (before.includes('"')) fault('a test without its file');
  for (let at = 0; at < cited.length; at += 2) {
    const [file = '', names = ''] = cited.slice(at, at + 2);
    const known = testsIn(readFile(file) ?? '');
    const named = [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
    if (named.length === 0) fault(`no test of ${file} is named`);
    for (const name of named) {
      if (!known.has(name)) fault(`${file} has no test "${name}"`);
    }
  }
  const isBare = cited.length === 0 && tests !== 'no test';
  if (isBare) fault('neither a test nor "no test"');
  return faults;
}

const FILE = /`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|md))`/g;

/** Whatever varies in a name is `...`. */
function testsIn(source: string): ReadonlySet<string> {
  const calls = source.matchAll(/\b(?:test|it)\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g);
  return new Set([...calls].map(([, , name = '']) => name.replace(/\$\{[^}]*\}/g, '...')));
}

function sumsOf(page: string): Map<string, number[]> {
  const rows = page.matchAll(/^\| ((?:RFC|ASVS) \w+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$/gm);
  return new Map([...rows].map(([, standard = '', ...sums]) => [standard, sums.map(Number)]));
}

describe('the page about security requirements', () => {
  const page = readFileSync(PAGE, 'utf8');
  const rows = rowsOf(page);

  it('cites files and tests that are there', () => {
    assert.deepEqual(
      rows.flatMap((row) => faultsOf(row, read)),
      [],
    );
  });

  it('has every requirement of ASVS once, in order', () => {
    const wanted = Object.entries(ASVS).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, at) => `${section}.${at + 1}`),
    );
    const listed = rows.filter(({ standard }) => standard.startsWith('ASVS'));
    assert.deepEqual(
      listed.map(({ number }) => number.replace(/ L[123]$/, '')),
      wanted,
    );
    assert.ok(listed.every(({ number }) => / L[123]$/.test(number)));
  });

  it('has every section of RFC 9700, and no requirement twice', () => {
    const numbers = rows.flatMap(({ standard, number }) => (standard === 'RFC 9700' ? number : []));
    assert.equal(new Set(numbers).size, numbers.length);
    const isIn = (section: string) => (number: string) => `${number} `.startsWith(section);
    const missing = RFC_9700.filter(
      (section) => !numbers.some(isIn(`${section} `)) && !numbers.some(isIn(`${section}.`)),
    );
    assert.deepEqual(missing, []);
  });

  it('counts right', () => {
    const counted = new Map<string, number[]>();
    for (const { standard } of rows) {
      const states = rows.filter((row) => row.standard === standard).map(({ state }) => state);
      const count = (state: string) => states.filter((each) => each === state).length;
      counted.set(standard, STATES.map(count));
    }
    assert.deepEqual(sumsOf(page), counted);
  });
});

describe('a row is at fault', () => {
  const files: Readonly<Record<string, string>> = {
    'a/b.ts': '',
    'a/b.test.ts': "test('burns', run);\nit(\n  `lights ${what} up`, run);\ntest('isn\\'t', run);",
  };
  const ROW: Row = {
    ...{ standard: 'RFC 9700', number: '2.1 a', state: 'met', where: '`a/b.ts`' },
    tests: '`a/b.test.ts` "burns", "lights ... up"',
  };
  const of = (more: Partial<Row>) => faultsOf({ ...ROW, ...more }, (file) => files[file]);

  it('unless all of it is there', () => {
    assert.deepEqual(of({}), []);
    assert.deepEqual(of({ tests: 'no test' }), []);
  });

  for (const [what, more] of [
    ['a file that is not there', { where: '`a/c.ts`' }],
    ['a test file that is not there', { tests: '`a/c.test.ts` "burns"' }],
    ['a test that is not there', { tests: '`a/b.test.ts` "burn"' }],
    ['the second of two tests', { tests: '`a/b.test.ts` "burns", "is out"' }],
    ['a name without a file', { tests: '"burns"' }],
    ['a file without a name', { tests: '`a/b.test.ts`' }],
    ['nothing at all', { tests: '' }],
    ['another state', { state: 'nearly' }],
  ] as const) {
    it(`for ${what}`, () => {
      assert.notDeepEqual(of(more), []);
    });
  }
});
