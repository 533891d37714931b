/** Lines reach their file in order; what it does not take is dropped, and stops nothing. */

import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openLogStream } from './log-stream.ts';

test('lines arrive in order, also those that wait at the end', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lamplighter-log-'));
  const file = path.join(folder, 'log');
  const fd = openSync(file, 'a');
  const stream = openLogStream(fd, 1_000_000);
  const lines = Array.from({ length: 5000 }, (_, at) => `line ${at} آ\n`);
  for (const [at, line] of lines.entries()) {
    stream.write(line);
    if (at % 700 === 0) await wait(1);
  }
  while (readFileSync(file, 'utf8').length < lines.join('').length) await wait(5);
  stream.write('last\n');
  stream.flushSync();
  closeSync(fd);
  assert.equal(readFileSync(file, 'utf8'), `${lines.join('')}last\n`);
  rmSync(folder, { recursive: true });
});

test('a disk that is full takes nothing, and stops nothing', { skip: !isLinux() }, async () => {
  const fd = openSync('/dev/full', 'a');
  const stream = openLogStream(fd, 1000);
  for (let count = 0; count < 200; count++) {
    stream.write('a line that finds no room\n');
    if (count % 50 === 0) await wait(1);
  }
  stream.flushSync();
  await wait(10);
  closeSync(fd);
  assert.ok(true, 'nothing was thrown');
});

function isLinux(): boolean {
  return process.platform === 'linux';
}
