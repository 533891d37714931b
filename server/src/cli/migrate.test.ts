/** The command says what it does, does it once, and knows when there is nothing to do. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseArguments } from './arguments.ts';
import { Failure } from './failure.ts';
import { createMigrate, type Step } from './migrate.ts';

const STEPS: readonly Step[] = [
  { version: 1, name: 'rows', sql: '\nCREATE TABLE a ();\n' },
  { version: 2, name: 'more', sql: 'CREATE TABLE b ();' },
];

test('a dry run prints the SQL, and asks for nothing to be run', async (context) => {
  const { out, asked } = await migrate(context, ['--dry-run'], STEPS);
  assert.equal(
    out,
    '-- version 1, rows\nCREATE TABLE a ();\n-- version 2, more\nCREATE TABLE b ();\n',
  );
  assert.deepEqual(asked, [true]);
});

test('what was done is told, step by step', async (context) => {
  const { out, asked } = await migrate(context, [], STEPS);
  assert.equal(out, 'Done: version 1, rows.\nDone: version 2, more.\n');
  assert.deepEqual(asked, [false]);
});

test('nothing to do is told as well; in a dry run it is still SQL', async (context) => {
  const done = await migrate(context, [], []);
  assert.equal(done.out, 'The schema is the newest already.\n');
  const dry = await migrate(context, ['--dry-run'], []);
  assert.equal(dry.out, '-- The schema is the newest already.\n');
});

test('a store without a schema is refused', async (context) => {
  await assert.rejects(migrate(context, [], STEPS, 'level'), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /store\.type is level, which has no schema/);
    return true;
  });
});

async function migrate(
  context: TestContext,
  words: readonly string[],
  steps: readonly Step[],
  type = 'postgres',
) {
  const folder = await mkdtemp(path.join(tmpdir(), 'lamplighter-migrate-'));
  context.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'lamplighter.yaml');
  await writeFile(file, `store: { type: ${type} }\nrealms: { alpha: {} }\n`);
  const asked: boolean[] = [];
  const command = createMigrate(async (_, dryRun) => {
    asked.push(dryRun);
    return steps;
  });
  const parsed = parseArguments(['migrate', '--config', file, ...words], [command]);
  assert.ok(parsed.asks === 'run');
  let out = '';
  const program = {
    version: '0',
    environment: {},
    dialectSchemas: {},
    print: (text: string) => {
      out += text;
    },
    start: () => assert.fail('no server is needed'),
  };
  const environment = {
    config: undefined,
    rootSecret: undefined,
    databaseUrl: undefined,
    logLevel: undefined,
    url: undefined,
    user: undefined,
    password: undefined,
  };
  const code = await command.run({ ...parsed.call, program: { ...program, environment } });
  assert.equal(code, 0);
  return { out, asked };
}
