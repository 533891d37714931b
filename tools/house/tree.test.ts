/** Tests of how the repository is read. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { readTree } from './tree.ts';

it('reads what git has or would add, and neither the ignored nor the binary nor the gone', async (t) => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'house-'));
  t.after(() => rm(root, { recursive: true }));
  execFileSync('git', ['init', '-q'], { cwd: root });
  await mkdir(path.join(root, 'data'));
  await writeFile(path.join(root, '.gitignore'), 'data/\n');
  await writeFile(path.join(root, 'data', 'ignored.ts'), 'a');
  await writeFile(path.join(root, 'new.test.ts'), 'a');
  await writeFile(path.join(root, 'binary'), 'a\0b');
  await writeFile(path.join(root, 'gone.ts'), 'a');
  execFileSync('git', ['add', 'gone.ts'], { cwd: root });
  await rm(path.join(root, 'gone.ts'));

  const tree = readTree(root);
  assert.deepEqual(
    tree.files.map((file) => file.path),
    ['.gitignore', 'new.test.ts'],
  );
  assert.equal(tree.code.get('new.test.ts')?.isTest, true);
});
