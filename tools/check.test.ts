/** Tests of `npm test` itself, in a repository that is made up for each. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { it, type TestContext } from 'node:test';

const PASSING = `import { it } from 'node:test';\nit('one', () => {}); it('two', () => {});\n`;
const FAILING = `import { it } from 'node:test';\nit('bad', () => { throw new Error('no light'); });\n`;
const PROGRAM = `process.stdout.write('first\\nall is well\\n');\n`;

const WHOLE: Readonly<Record<string, string>> = {
  'tools/house/main.ts': PROGRAM,
  'node_modules/.bin/biome': '#!/bin/sh\necho checked\n',
  'node_modules/.bin/tsc': '#!/bin/sh\nexit 0\n',
  'server/src/engine/a.test.ts': PASSING,
  'server/src/keys/b.test.ts': PASSING,
  'server/e2e/c.test.ts': PASSING,
  'server/sim/main.ts': PROGRAM,
  'tools/mutants/main.ts': PROGRAM,
};

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly last: string | undefined;
}

/** Runs a script in a repository of these files; one whose text is empty is left out. */
async function check(
  t: TestContext,
  changes: Readonly<Record<string, string>>,
  args: readonly string[],
  script = 'tools/check.ts',
): Promise<Ended> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'check-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ ...WHOLE, ...changes })) {
    if (text === '') continue;
    await mkdir(path.join(root, path.dirname(name)), { recursive: true });
    await writeFile(path.join(root, name), text);
    await chmod(path.join(root, name), 0o755);
  }
  for (const name of ['check.ts', 'steps.ts']) {
    await copyFile(path.join(import.meta.dirname, name), path.join(root, 'tools', name));
  }
  // The runner will not run inside of a test of its own.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, [script, ...args], { cwd: root, env });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const [code] = await once(child, 'close');
  return { code, out, err, last: out.trimEnd().split('\n').at(-1) };
}

it('runs every step, one line each, and counts', async (t) => {
  const ended = await check(t, {}, []);
  assert.equal(ended.code, 0, ended.out);
  for (const name of ['house', 'biome', 'types', 'unit', 'e2e', 'sim', 'mutants']) {
    assert.match(ended.out, new RegExp(`^${name} +ok +\\d+\\.\\d s`, 'm'));
  }
  assert.match(ended.out, /^unit +ok .* 4 passed, 0 failed$/m);
  assert.match(ended.out, /^house +ok .* all is well$/m);
  assert.ok(!ended.out.includes('first'), 'what passes says one line');
  assert.equal(ended.last, 'tests: 11 passed, 0 failed');
});

it('shows a failing test, runs the rest, and fails', async (t) => {
  const ended = await check(t, { 'server/src/keys/b.test.ts': FAILING }, ['--only', 'unit,e2e']);
  assert.equal(ended.code, 1);
  assert.match(ended.out, /no light/);
  assert.match(ended.out, /^e2e +ok /m);
  assert.match(ended.out, /; failed: unit$/m);
  assert.equal(ended.last, 'tests: 4 passed, 1 failed');
});

it('shows a failing program, and fails', async (t) => {
  const changes = {
    'tools/house/main.ts': `process.stdout.write('a.ts:1 X is banned');process.exit(3);`,
    'node_modules/.bin/tsc': '#!/bin/sh\necho wrong >&2; kill -9 $$\n',
  };
  const ended = await check(t, changes, ['--only', 'house', '--only', 'types']);
  assert.equal(ended.code, 1);
  assert.match(ended.out, /a\.ts:1 X is banned/);
  assert.match(ended.out, /exit code 3/);
  assert.match(ended.out, /wrong[\s\S]*SIGKILL/);
  assert.equal(ended.last, 'tests: 0 passed, 2 failed');
});

it('fails where there is nothing to run', async (t) => {
  const changes = {
    'server/sim/main.ts': '',
    'node_modules/.bin/biome': '',
    'server/e2e/c.test.ts': '',
    'server/src/engine/a.test.ts': '// nothing\n',
  };
  const ended = await check(t, changes, ['--only', 'sim,biome,e2e,unit']);
  assert.equal(ended.code, 1);
  assert.match(ended.out, /server\/sim\/main\.ts is missing/);
  assert.match(ended.out, /biome is missing/);
  assert.match(ended.out, /the run gave no whole result/);
  assert.match(ended.out, /server\/src\/engine\/a\.test\.ts declares no test/);
  assert.equal(ended.last, 'tests: 2 passed, 4 failed');
});

it('counts a file that does not load, and leaves skipped tests out', async (t) => {
  const skipping = `import { it } from 'node:test';\nit.skip('x', () => {}); it.todo('y');\n`;
  const changes = {
    'server/src/engine/a.test.ts': `throw new Error('dark');`,
    'server/src/engine/skip.test.ts': skipping,
  };
  const ended = await check(t, changes, ['--only', 'unit']);
  assert.equal(ended.code, 1);
  assert.match(ended.out, /dark/);
  assert.match(ended.out, /^skipped: 2$/m);
  assert.equal(ended.last, 'tests: 2 passed, 1 failed');
});

it('narrows to paths', async (t) => {
  const ended = await check(t, {}, ['server/src/engine', './server/e2e/c.test.ts']);
  assert.equal(ended.code, 0);
  assert.match(ended.out, /^2 steps /m);
  assert.equal(ended.last, 'tests: 4 passed, 0 failed');
});

it('refuses what it does not know', async (t) => {
  const step = await check(t, {}, ['--only', 'unit,nothing']);
  assert.deepEqual([step.code, step.out], [2, '']);
  assert.match(step.err, /no step nothing/);
  const where = await check(t, {}, ['server/src/eng']);
  assert.deepEqual([where.code, where.out], [2, '']);
  assert.match(where.err, /no test file in server\/src\/eng/);
  const help = await check(t, {}, ['--help']);
  assert.equal(help.code, 0);
  assert.match(help.out, /usage: npm test/);
});

it('stops a step at its limit, and fails it', async (t) => {
  const hanging = `import { it } from 'node:test';\nit('x', () => new Promise(() => setInterval(() => {}, 1e3)));`;
  const script = `
    import { runProgram, runTests } from './steps.ts';
    const around = { root: process.cwd(), signal: new AbortController().signal };
    const step = { name: 'a', says: '', kind: 'program', limitSeconds: 0.4 } as const;
    const program = await runProgram({ ...step, command: ['tools/hang.ts'] }, around);
    const tests = await runTests(['server/src/hang.test.ts'], 0.6, around);
    process.stdout.write(JSON.stringify([program.failed, tests.failed > 0, tests.passed]));
    if (!program.output.includes('at its limit') || !tests.output.includes('at its limit')) process.exit(9);
    process.exit(0);`;
  const changes = {
    'tools/limit.ts': script,
    'tools/hang.ts': 'setInterval(() => {}, 1000);',
    'server/src/hang.test.ts': hanging,
  };
  const ended = await check(t, changes, [], 'tools/limit.ts');
  assert.deepEqual([ended.code, ended.out, ended.err], [0, '[1,true,0]', '']);
});
