/** Tests of the names. */

import { describe, it } from 'node:test';
import { catches, spares } from '../house.testing.ts';
import { names } from './names.ts';

const DOC = '/** What it owns. */\n';

describe('names', () => {
  it('of folders say what is inside', () => {
    for (const folder of ['utils', 'helpers', 'common', 'shared', 'misc', 'lib', 'core', 'Utils']) {
      catches(
        names,
        { [`docs/${folder}/a.md`]: '' },
        new RegExp(`folder name ${folder} is banned`),
      );
    }
    spares(names, { 'docs/lib.md': '', 'server/src/engine/core.ts': DOC });
  });

  it('of code are in kebab-case', () => {
    for (const path of ['server/src/retryRule.ts', 'tools/retry_rule.mjs', 'server/Src/a.ts']) {
      catches(names, { [path]: DOC }, /use kebab-case/);
    }
    spares(names, {
      'server/src/retry-rule.test.ts': DOC,
      'server/src/dialects/s360/a.ts': DOC,
      'README.md': '',
      'docs/decisions/0001-A_b.md': '',
    });
  });

  it('are followed by the sentence that says what the file owns', () => {
    for (const source of ['const a = 1;', '// What it owns.\n', '/* What it owns. */', '']) {
      catches(names, { 'server/src/a.ts': source }, /use a doc comment/);
    }
    spares(names, { 'server/src/a.ts': DOC, 'server/src/b.ts': `#!/usr/bin/env node\n${DOC}` });
  });
});
