/** Tests of the arrows. */

import { describe, it } from 'node:test';
import { catches, spares } from '../house.testing.ts';
import { arrows } from './arrows.ts';

const SRC = 'server/src/';

/** A tree where `from` holds the source, and the file that it imports is there. */
function files(from: string, source: string, ...targets: string[]) {
  const there = targets.map((target) => [SRC + target, '/** x */'] as const);
  return { [SRC + from]: source, ...Object.fromEntries(there) };
}

describe('arrows', () => {
  for (const [from, to, how] of [
    ['engine/a.ts', 'sessions/clock.ts', 'import'],
    ['engine/a.ts', 'stores/store.ts', 'import type'],
    ['sessions/a.ts', 'stores/level/index.ts', 'import'],
    ['sessions/a.ts', 'dialects/dialect.ts', 'import type'],
    ['sessions/a.ts', 'keys/keyring.ts', 'import'],
    ['stores/store.ts', 'engine/a.ts', 'import'],
    ['stores/level/a.ts', 'sessions/a.ts', 'import type'],
    ['stores/level/a.ts', 'engine/session.ts', 'import type'],
    ['sessions/a.ts', 'directory/directory.ts', 'import type'],
    ['keys/a.ts', 'sessions/clock.ts', 'import type'],
    ['directory/a.ts', 'engine/session.ts', 'import type'],
    ['config/a.ts', 'dialects/oauth/config.ts', 'import'],
    ['config/a.ts', 'keys/keyring.ts', 'import type'],
    ['host/a.ts', 'keys/keyring.ts', 'import type'],
    ['cli/a.ts', 'host/host.ts', 'import type'],
    ['cli/a.ts', 'dialects/registry.ts', 'import'],
    ['cli/a.ts', 'stores/level/index.ts', 'import'],
    ['cli/a.ts', 'directory/local/index.ts', 'import'],
    ['keys/a.ts', 'sessions/random.ts', 'import'],
    ['directory/a.ts', 'keys/keyring.ts', 'import'],
    ['dialects/oauth/a.ts', 'sessions/sessions.ts', 'import'],
    ['dialects/oauth/a.ts', 'engine/end.ts', 'import'],
    ['dialects/oauth/a.ts', 'directory/directory.ts', 'import'],
    ['dialects/oauth/a.ts', 'stores/store.ts', 'import type'],
    ['dialects/oauth/a.ts', 'host/server.ts', 'import type'],
    ['dialects/dialect.ts', 'keys/keyring.ts', 'import'],
    ['host/a.ts', 'dialects/oauth/index.ts', 'import'],
    ['host/a.ts', 'stores/store.ts', 'import'],
    ['config/a.ts', 'dialects/oauth/routes.ts', 'import'],
    ['config/a.ts', 'sessions/clock.ts', 'import'],
    ['cli/a.ts', 'dialects/oauth/index.ts', 'import'],
    ['sessions/a.ts', 'main.ts', 'import'],
  ]) {
    it(`forbid: ${from} ${how} ${to}`, () => {
      const relative = `${'../'.repeat((from?.split('/').length ?? 1) - 1)}${to}`;
      const tree = files(from ?? '', `\n${how} { x } from '${relative}';`, to ?? '');
      catches(arrows, tree, /^server\/src\/.*:2 /);
    });
  }

  for (const [from, to, how] of [
    ['main.ts', 'dialects/oauth/index.ts', 'import'],
    ['sessions/a.ts', 'engine/decide.ts', 'import'],
    ['sessions/a.ts', 'stores/store.ts', 'import'],
    ['sessions/a.ts', 'keys/keyring.ts', 'import type'],
    ['stores/level/a.ts', 'stores/store.ts', 'import'],
    ['stores/level/a.ts', 'stores/level/b.ts', 'import'],
    ['stores/conformance.ts', 'stores/conformance/rows.ts', 'import'],
    ['dialects/oauth/handlers/a.ts', 'dialects/dialect.ts', 'import'],
    ['dialects/oauth/a.ts', 'sessions/sessions.ts', 'import type'],
    ['dialects/registry.ts', 'dialects/oauth/index.ts', 'import'],
    ['dialects/shapes.ts', 'sessions/token.ts', 'import'],
    ['host/a.ts', 'dialects/dialect.ts', 'import'],
    ['config/a.ts', 'engine/policy.ts', 'import type'],
    ['cli/a.ts', 'config/load.ts', 'import'],
    ['cli/a.ts', 'stores/store.ts', 'import'],
    ['cli/a.ts', 'directory/directory.ts', 'import'],
    ['keys/a.test.ts', 'stores/memory/index.ts', 'import'],
    ['dialects/world.testing.ts', 'stores/memory/index.ts', 'import'],
  ]) {
    it(`allow: ${from} ${how} ${to}`, () => {
      const relative = `${'../'.repeat((from?.split('/').length ?? 1) - 1)}${to}`;
      const path = relative.startsWith('.') ? relative : `./${relative}`;
      spares(arrows, files(from ?? '', `${how} { x } from '${path}';`, to ?? ''));
    });
  }

  it('keep dialects, and stores, strangers to one another', () => {
    const oauth = `import type { A } from '../s360/a.ts';`;
    catches(arrows, files('dialects/oauth/a.ts', oauth, 'dialects/s360/a.ts'), /strangers/);
    catches(arrows, files('dialects/oauth/a.test.ts', oauth, 'dialects/s360/a.ts'), /strangers/);
    const level = `import { a } from '../memory/a.ts';`;
    catches(arrows, files('stores/level/a.ts', level, 'stores/memory/a.ts'), /strangers/);
    spares(arrows, files('stores/level/a.test.ts', level, 'stores/memory/a.ts'));
  });

  it('take an inline type for a value: the import stays at run time', () => {
    const source = `import { type A } from '../../sessions/a.ts';`;
    catches(arrows, files('dialects/oauth/a.ts', source, 'sessions/a.ts'), /a value of/);
  });

  it('see re-exports and dynamic imports', () => {
    const tree = (source: string) => files('engine/a.ts', source, 'sessions/a.ts');
    catches(arrows, tree(`export * from '../sessions/a.ts';`), /sessions\/a\.ts is banned/);
    catches(arrows, tree(`const x = import('../sessions/a.ts');`), /sessions\/a\.ts is banned/);
  });

  it('want a file at the other end, by its whole name', () => {
    catches(arrows, files('engine/a.ts', `import './b.ts';`), /leads nowhere/);
    catches(arrows, files('engine/a.ts', `import './b';`, 'engine/b.ts'), /end in \.ts/);
    catches(arrows, files('engine/a.ts', `import './b.js';`, 'engine/b.ts'), /end in \.ts/);
    spares(arrows, { 'tools/a.ts': `import './b.ts';`, 'tools/b.ts': '' });
  });

  it('keep tests out of what is no test', () => {
    const source = `import { x } from './b.test.ts';`;
    catches(arrows, files('engine/a.ts', source, 'engine/b.test.ts'), /only tests/);
    const shared = `import { x } from './b.testing.ts';`;
    catches(arrows, files('engine/a.ts', shared, 'engine/b.testing.ts'), /only tests/);
    spares(arrows, files('engine/a.test.ts', shared, 'engine/b.testing.ts'));
  });

  it('keep the server and the client apart from the rest', () => {
    const tree = { 'server/sim/a.ts': '', 'server/src/engine/a.ts': `import '../../sim/a.ts';` };
    catches(arrows, tree, /use what is under server\/src/);
    const client = { 'client/a.ts': `import '../tools/b.ts';`, 'tools/b.ts': '' };
    catches(arrows, client, /banned in client\/, use HTTP/);
  });

  it('know the rooms', () => {
    catches(arrows, files('plumbing/a.ts', ''), /the room plumbing is banned/);
    spares(arrows, files('stores/level/a.ts', ''));
  });
});
