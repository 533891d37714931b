/** The options of the store: what each kind takes, where its URL comes from, and who sees it. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { databaseUrl, rootSecretSource } from './data-directory.ts';
import { errorLines } from './errors.ts';
import { loadConfig } from './load.ts';
import { redact } from './print.ts';

const URL_TEXT = 'postgres://ada:tops3cret@db.example/lamp';

function load(store: string, rest = '') {
  const text = `store: { ${store} }\n${rest}realms: { alpha: {} }\n`;
  const environment = { logLevel: undefined };
  return loadConfig({ text, file: 'test.yaml', dialectSchemas: {}, environment, flags: {} });
}

function loaded(store: string, rest?: string) {
  const config = load(store, rest);
  if ('errors' in config) assert.fail(errorLines(config));
  return config;
}

function wrong(store: string): string {
  const config = load(store);
  assert.ok('errors' in config, store);
  return errorLines(config);
}

test('a postgres store has its limits, in milliseconds', () => {
  const { store } = loaded(`type: postgres, url: "${URL_TEXT}", statement_timeout: 4s, pool: 9`);
  assert.deepEqual(store, {
    type: 'postgres',
    url: URL_TEXT,
    pool: 9,
    statement_timeout: 4_000,
    lock_timeout: 3_000,
    connect_timeout: 5_000,
    migrate: 'new',
  });
});

test('what is for postgres is refused elsewhere, and a URL stands in one place', () => {
  assert.match(wrong(`url: "${URL_TEXT}"`), /store\.url: is for type: postgres, .* is level/);
  assert.match(wrong('pool: 9'), /store\.pool: is for type: postgres/);
  assert.deepEqual(loaded('type: memory').store, { type: 'memory' });
  assert.match(wrong('type: memory, tls: off'), /store\.tls: /);
  const both = wrong(`type: postgres, url: "${URL_TEXT}", url_file: /run/url`);
  assert.match(both, /store\.url_file: url is there already/);
  assert.match(wrong('type: postgres, url_file: url.txt'), /url_file: expected an absolute path/);
  assert.match(wrong('type: postgres, statement_timeout: 3s'), /lock_timeout: must be shorter/);
  assert.match(wrong('type: postgres, pool: 0'), /store\.pool: expected a whole number from 1/);
  assert.match(wrong('type: postgres, migrate: never'), /store\.migrate: /);
  for (const text of [both, wrong(`url: "${URL_TEXT}"`)]) assert.ok(!text.includes('s3cret'));
});

test('the URL is shown to nobody', () => {
  const config = loaded(`type: postgres, url: "${URL_TEXT}"`);
  const shown = JSON.stringify(redact(config, {}));
  assert.ok(!shown.includes('s3cret'));
  assert.match(shown, /"url":"\[secret\]"/);
  assert.match(shown, /"statement_timeout":"5s"/);
});

test('the environment comes before the file, and the file may be a place of its own', async (context) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'lamplighter-store-'));
  context.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'url');
  await writeFile(file, `${URL_TEXT}-of-a-file\n`);
  const inConfig = loaded(`type: postgres, url: "${URL_TEXT}"`);
  const inFile = loaded(`type: postgres, url_file: "${file}"`);
  const given = `${URL_TEXT}-of-the-environment`;
  assert.equal(await databaseUrl(inConfig, undefined), URL_TEXT);
  assert.equal(await databaseUrl(inFile, undefined), `${URL_TEXT}-of-a-file`);
  assert.equal(await databaseUrl(inFile, given), given);
  assert.equal(await databaseUrl(loaded('type: postgres'), undefined), undefined);
  await rm(file);
  await assert.rejects(databaseUrl(inFile, undefined), /ENOENT/);
});

test('the example of docs/operating/scaling.md is a config', async () => {
  const page = await readFile(
    new URL('../../../docs/operating/scaling.md', import.meta.url),
    'utf8',
  );
  const [, text = ''] = /^```yaml\n(.*?)^```$/ms.exec(page) ?? [];
  const environment = { logLevel: undefined };
  const config = loadConfig({
    text,
    file: 'test.yaml',
    dialectSchemas: {},
    environment,
    flags: {},
  });
  if ('errors' in config) assert.fail(errorLines(config));
  assert.equal(config.store.url_file, '/run/secrets/postgres-url');
});

test('no node on a database makes a root secret of its own', () => {
  const postgres = loaded(`type: postgres, url: "${URL_TEXT}"`);
  assert.deepEqual(
    [rootSecretSource(postgres, undefined), rootSecretSource(postgres, 'given')].map((source) => [
      source.text,
      source.create,
      source.isForgotten,
    ]),
    [
      [undefined, false, false],
      ['given', false, false],
    ],
  );
  const named = loaded(`type: postgres, url: "${URL_TEXT}"`, 'root_secret_file: /run/root\n');
  assert.equal(rootSecretSource(named, undefined).file, '/run/root');
  assert.equal(rootSecretSource(named, undefined).create, false);
});
