/** Tests of how imports are read. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packageOf, resolveImport } from './imports.ts';
import { treeOf } from './tree.ts';

function imports(source: string): string[] {
  const file = treeOf({ 'a.ts': source }).code.get('a.ts');
  assert.ok(file);
  return file.imports.map(
    (found) => `${found.line} ${found.isType ? 'type ' : ''}${found.specifier}`,
  );
}

describe('imports', () => {
  it('are seen in every form', () => {
    const source = [
      `import './a.ts';`,
      `import b from './b.ts';`,
      `import { c, type C } from './c.ts';`,
      `import * as d from './d.ts';`,
      `import type { E } from './e.ts';`,
      `import type F from './f.ts';`,
      `export { g } from './g.ts';`,
      `export * from './h.ts';`,
      `export type { I } from './i.ts';`,
      `const j = await import('./j.ts');`,
      `import {\n  k,\n} from './k.ts';`,
    ].join('\n');
    assert.deepEqual(imports(source), [
      '1 ./a.ts',
      '2 ./b.ts',
      '3 ./c.ts',
      '4 ./d.ts',
      '5 type ./e.ts',
      '6 type ./f.ts',
      '7 ./g.ts',
      '8 ./h.ts',
      '9 type ./i.ts',
      '10 ./j.ts',
      '11 ./k.ts',
    ]);
  });

  it('are not seen in comments, strings, other exports and other words', () => {
    const source = [
      `// import './a.ts';`,
      `const text = "import './b.ts'";`,
      `export const from = './c.ts';`,
      `export { text };`,
      `const url = import.meta.url;`,
      `thing.import('./d.ts');`,
      `export type Name = 'from' | './e.ts';`,
    ].join('\n');
    assert.deepEqual(imports(source), []);
  });

  it('lead to a path from the root, or to a package', () => {
    assert.equal(resolveImport('a/b/c.ts', '../d.ts'), 'a/d.ts');
    assert.equal(resolveImport('a/b.ts', './c/d.ts'), 'a/c/d.ts');
    assert.equal(resolveImport('a/b.ts', 'pg'), undefined);
    assert.equal(packageOf('pg/lib/type.js'), 'pg');
    assert.equal(packageOf('@node-rs/argon2/x'), '@node-rs/argon2');
  });
});
