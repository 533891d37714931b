/**
 * A log that nobody can write: the disk is full. The server answers, and stops when it is told to.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openWire } from './wire.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

it('keeps serving, and stops cleanly', { skip: process.platform !== 'linux' }, async () => {
  const data = mkdtempSync(join(tmpdir(), 'lamplighter-full-'));
  const full = openSync('/dev/full', 'a');
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', full],
  });
  closeSync(full);
  assert.ok(child.stdout);
  const [line] = await once(child.stdout, 'data');
  const base = /http:\S+/.exec(String(line))?.[0] ?? '';
  const wire = openWire(base, 8);
  const ask = { method: 'GET', path: '/lamplighter/v1/openapi.json' };
  for (let round = 0; round < 40; round++) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => wire.send(ask)));
    assert.ok(answers.every(({ status }) => status === 200));
  }
  wire.close();
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
  rmSync(data, { recursive: true, force: true });
});
