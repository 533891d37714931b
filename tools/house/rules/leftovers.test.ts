/** Tests of the leftovers. */

import { describe, it } from 'node:test';
import { catches, spares } from '../house.testing.ts';
import { leftovers } from './leftovers.ts';

describe('leftovers', () => {
  for (const word of ['TODO', 'FIXME', 'XXX', 'HACK']) {
    it(`such as ${word} are found in any file`, () => {
      catches(leftovers, { 'server/src/a.ts': `a;\n// ${word}: b` }, new RegExp(`:2 ${word}`));
      catches(leftovers, { 'README.md': `${word}` }, new RegExp(`:1 ${word}`));
      spares(leftovers, { 'a.md': `${word}S and the ${word.toLowerCase()}` });
    });
  }

  it('such as paths of one machine', () => {
    for (const text of ["'/work/main/a'", 'cd /home/ada', '=/root/.npmrc', '(/work/x)']) {
      catches(leftovers, { 'docs/a.md': text }, /use a path from the repository/);
    }
    spares(leftovers, {
      'server/src/a.ts':
        "'/am/json/realms/root/realms/alpha'; `${base}/root/realms/`; '/root/realms/'",
      'docs/a.md': 'https://example.com/work/a ./home/b the /work/ of',
    });
  });

  it('such as the host of a registry, in the lock file too', () => {
    catches(leftovers, { '.npmrc': 'registry=https://registry.npmjs.org/' }, /use the registry/);
    const lock = '{\n"resolved": "https://example.com/a.tgz"\n}';
    catches(leftovers, { 'package-lock.json': lock }, /:2 .*use npm with omit-lockfile/);
    spares(leftovers, {
      'package-lock.json': '{ "resolved": "server", "integrity": "sha512-a/XXX+" }',
    });
  });
});
