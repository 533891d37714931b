/** Tests of the cycles. */

import { it } from 'node:test';
import { catches, spares } from '../house.testing.ts';
import { cycles } from './cycles.ts';

it('an import cycle is found once, types included', () => {
  const tree = {
    'server/src/a.ts': `import type { B } from './b.ts';`,
    'server/src/b.ts': `import { c } from './c.ts';`,
    'server/src/c.ts': `\nexport * from './a.ts';`,
    'server/src/d.ts': `import './a.ts';`,
  };
  catches(cycles, tree, /^server\/src\/c\.ts:2 the import cycle a\.ts -> b\.ts -> c\.ts -> a\.ts/);
  catches(cycles, { 'a.ts': `import './a.ts';` }, /a\.ts -> a\.ts/);
});

it('a diamond is no cycle', () => {
  spares(cycles, {
    'a.ts': `import './b.ts';\nimport './c.ts';`,
    'b.ts': `import './d.ts';`,
    'c.ts': `import './d.ts';`,
    'd.ts': `import 'a.ts';\n// import './a.ts';`,
  });
});
