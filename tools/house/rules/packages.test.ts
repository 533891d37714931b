/** Tests of the packages and their homes. */

import { describe, it } from 'node:test';
import { catches, spares } from '../house.testing.ts';
import { packages } from './packages.ts';

describe('packages', () => {
  for (const [name, home, elsewhere] of [
    ['fastify', 'host/server.ts', 'dialects/oauth/routes.ts'],
    ['fastify', 'host/server.ts', 'main.ts'],
    ['classic-level', 'stores/level/index.ts', 'stores/store.ts'],
    ['pg', 'stores/postgres/index.ts', 'stores/level/index.ts'],
    ['zod', 'config/load.ts', 'host/server.ts'],
    ['zod', 'dialects/oauth/config.ts', 'dialects/oauth/decode.ts'],
    ['pino', 'host/log.ts', 'sessions/sessions.ts'],
    ['pino', 'main.ts', 'cli/serve.ts'],
  ]) {
    it(`${name} is at home in ${home}, not in ${elsewhere}`, () => {
      const source = `import { x } from '${name}';`;
      spares(packages, { [`server/src/${home}`]: source });
      const message = new RegExp(`^server/src/${elsewhere}:1 ${name} is banned here, use `);
      catches(packages, { [`server/src/${elsewhere}`]: source }, message);
      const type = `import type { X } from '${name}/lib/x.js';`;
      catches(packages, { [`server/src/${elsewhere}`]: type }, message);
    });
  }

  it('other packages and other folders are free', () => {
    spares(packages, {
      'server/src/keys/a.ts': `import { x } from 'jose';`,
      'server/e2e/a.ts': `import { x } from 'pg';`,
      'server/src/keys/b.ts': `import { x } from './pino.ts';\n// from 'pino'`,
    });
  });

  it('the engine has none, builtins included; its tests may', () => {
    for (const name of ['node:crypto', 'node:assert/strict', 'jose']) {
      const source = `import { x } from '${name}';`;
      catches(packages, { 'server/src/engine/a.ts': source }, /in engine/);
      spares(packages, { 'server/src/engine/a.test.ts': source });
    }
  });
});
