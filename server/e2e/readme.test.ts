/**
 * The README's own commands, as a newcomer would paste them: block after block in one shell.
 */

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { startProgram } from './program.ts';

const README = new URL('../../README.md', import.meta.url);

const MARK = '@@@@';

/** What each block must print at its end, in the order of the page. */
const EXPECTED: readonly [string, RegExp][] = [
  ['forgerock', /"maxidletime" ?: ?30/],
  ['oauth', /"scope":"edit"/],
  ['s360', /ESB-IDP-S0000/],
  ['idaas', /^\{"expire":43200,"session_token":"[A-Za-z0-9]{32}"\}$/m],
  ['zendesk', /"authenticity_token":"/],
  ['why', /"will_end":\{"reason":"idle_timeout"/],
];

/** The page is for people who have it; the rest of the tests needs no more than Node. */
const skip = spawnSync('curl', ['--version']).error ? 'curl is not installed' : false;

it('does what it says', { timeout: 60_000, skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-readme-'));
  const program = await startProgram({ data: join(folder, 'data') });
  try {
    const page = readFileSync(README, 'utf8').replaceAll('http://127.0.0.1:8080', program.base);
    const blocks = [...page.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block]) => block);
    assert.equal(blocks.length, EXPECTED.length);
    const script = blocks.join(`\necho; echo ${MARK}\n`);
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script]);
    const printed = stdout.split(MARK);
    for (const [at, [name, wanted]] of EXPECTED.entries()) {
      assert.match((printed[at] ?? '').trim(), wanted, name);
    }
  } finally {
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
