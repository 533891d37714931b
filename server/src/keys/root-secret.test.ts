/** Owns the proof that the root secret is read from where it should be, and made once. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { RootSecretRefusal, readRootSecret } from './root-secret.ts';

const random = randomBytes;
const directory = mkdtempSync(join(tmpdir(), 'lamplighter-root-secret-'));

after(() => rm(directory, { recursive: true }));

const nowhere = '/nowhere/at/all';

const SHORT = /has \d+ bytes and needs 32\. Make one: openssl rand/;
const MALFORMED = /is not hex, base64, or base64url\. Make one: openssl rand/;

const refusal = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof RootSecretRefusal);
  assert.match(error.message, message);
  return true;
};

test('a text is read as hex, base64 and base64url, white space around it ignored', async () => {
  for (let round = 0; round < 50; round++) {
    const secret = randomBytes(32 + round);
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      const text = ` ${secret.toString(encoding)}\n`;
      assert.deepEqual(
        await readRootSecret({ text, file: nowhere, create: false, random }),
        secret,
      );
    }
  }
});

test('a text comes before the file', async () => {
  const text = 'ab'.repeat(32);
  const secret = await readRootSecret({ text, file: nowhere, create: false, random });
  assert.equal(secret.toString('hex'), text);
});

test('an unfit text is refused, and not shown', async () => {
  const cases: [string, RegExp][] = [
    ['', SHORT],
    ['0123456789abcdef', SHORT],
    ['0123456789abcdef'.repeat(3), SHORT], // as base64 it would pass for 36 bytes
    ['abc'.repeat(23), MALFORMED],
    ['correct horse battery staple, correct horse', MALFORMED],
    [`${randomBytes(32).toString('base64url')}===`, MALFORMED],
  ];
  for (const [text, message] of cases) {
    const read = readRootSecret({ text, file: nowhere, create: true, random });
    await assert.rejects(read, (error: unknown) => {
      refusal(message)(error);
      return text === '' || !String(error).includes(text);
    });
  }
});

test('no file is made unless that is asked for', async () => {
  const file = join(directory, 'absent');
  await assert.rejects(
    readRootSecret({ file, create: false, random }),
    refusal(/There is no root secret at .*absent\./),
  );
  assert.deepEqual(await readdir(directory), []);
});

test('a file is made once, for its owner only, and read ever after', async () => {
  const file = join(directory, 'deep', 'data', 'root-secret');
  const made = await readRootSecret({ file, create: true, random });
  assert.equal(made.length, 32);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(join(directory, 'deep'))).mode & 0o777, 0o700);
  assert.equal((await stat(join(directory, 'deep', 'data'))).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(join(directory, 'deep', 'data')), ['root-secret']);
  assert.deepEqual(await readRootSecret({ file, create: true, random }), made);
  assert.deepEqual(await readRootSecret({ file, create: false, random }), made);
});

test('processes that start together read the same secret', async () => {
  const file = join(directory, 'race', 'root-secret');
  const starts = Array.from({ length: 20 }, () => readRootSecret({ file, create: true, random }));
  const secrets = new Set((await Promise.all(starts)).map((secret) => secret.toString('hex')));
  assert.equal(secrets.size, 1);
  assert.deepEqual(await readdir(join(directory, 'race')), ['root-secret']);
});

test('a secret that another process makes meanwhile is the one', async () => {
  const file = join(directory, 'meanwhile');
  const theirs = randomBytes(32).toString('hex');
  const meanwhile = (bytes: number) => {
    if (bytes === 32) writeFileSync(file, theirs, { mode: 0o600 });
    return randomBytes(bytes);
  };
  const secret = await readRootSecret({ file, create: true, random: meanwhile });
  assert.equal(secret.toString('hex'), theirs);
  assert.equal(await readFile(file, 'utf8'), theirs);
});

test('a file that cannot be made is refused with its name and the reason, and leaves nothing', async () => {
  const folder = join(directory, 'vanishes');
  const file = join(folder, 'root-secret');
  const meanwhile = (bytes: number) => {
    if (bytes === 32) rmSync(folder, { recursive: true });
    return randomBytes(bytes);
  };
  await assert.rejects(
    readRootSecret({ file, create: true, random: meanwhile }),
    refusal(/cannot be made at .*vanishes.root-secret: ENOENT/),
  );
  assert.ok(!(await readdir(directory)).includes('vanishes'));
});

test('a file that others can read is refused with the command that mends it', async () => {
  const file = join(directory, 'open');
  await writeFile(file, randomBytes(32).toString('hex'));
  for (const mode of [0o640, 0o604, 0o644, 0o620]) {
    await chmod(file, mode);
    await assert.rejects(
      readRootSecret({ file, create: true, random }),
      refusal(/Others can read .*chmod 600 .*open/),
    );
  }
  await chmod(file, 0o400);
  assert.equal((await readRootSecret({ file, create: true, random })).length, 32);
});

test('an unfit file is refused, never replaced', async () => {
  const file = join(directory, 'unfit');
  for (const [content, message] of [
    ['', SHORT],
    ['c2hvcnQ=\n', SHORT],
    ['change me, please\n', MALFORMED],
  ] as const) {
    await writeFile(file, content, { mode: 0o600 });
    await assert.rejects(readRootSecret({ file, create: true, random }), (error: unknown) => {
      return refusal(/unfit/)(error) && refusal(message)(error);
    });
    assert.equal(await readFile(file, 'utf8'), content);
  }
});
