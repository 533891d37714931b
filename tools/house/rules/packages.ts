/** Packages: each of the named ones has one home, and the engine is no home for any. */

import { packageOf } from '../imports.ts';
import type { CodeFile, Rule } from '../tree.ts';

interface Home {
  readonly packages: readonly string[];
  readonly home: RegExp;
  readonly use: string;
}

const HOMES: readonly Home[] = [
  {
    packages: ['fastify'],
    home: /^server\/src\/host\//,
    use: 'the plain requests and answers of dialects/dialect.ts; it lives in host/',
  },
  {
    packages: ['classic-level', 'abstract-level', 'level'],
    home: /^server\/src\/stores\/level\//,
    use: 'the port stores/store.ts; the driver lives in stores/level/',
  },
  {
    packages: ['pg', 'pg-pool', 'pg-cursor'],
    home: /^server\/src\/stores\/postgres\//,
    use: 'the port stores/store.ts; the driver lives in stores/postgres/',
  },
  {
    packages: ['zod'],
    home: /^server\/src\/(config\/|dialects\/[^/]+\/config\.ts$)/,
    use: 'a decoder of your own; it lives in config/ and the config.ts of a dialect',
  },
  {
    packages: ['pino'],
    home: /^server\/src\/(host\/|main\.ts$)/,
    use: 'events, or a logger that is handed in; it lives in host/ and main.ts',
  },
];

export const packages: Rule = {
  name: 'packages',
  *check(tree) {
    for (const file of tree.code.values()) {
      for (const { specifier, line } of file.imports) {
        if (specifier.startsWith('.')) continue;
        const message = checkEngine(file, specifier) ?? checkHome(file, specifier);
        if (message !== undefined) yield { path: file.path, line, message };
      }
    }
  },
};

function checkEngine(file: CodeFile, specifier: string): string | undefined {
  if (file.isTest || !file.path.startsWith('server/src/engine/')) return undefined;
  return `'${specifier}' is banned in engine/, use a value that is handed in: the engine is pure`;
}

function checkHome(file: CodeFile, specifier: string): string | undefined {
  if (!file.path.startsWith('server/src/')) return undefined;
  const name = packageOf(specifier);
  const found = HOMES.find((home) => home.packages.includes(name));
  if (found === undefined || found.home.test(file.path)) return undefined;
  return `${name} is banned here, use ${found.use}`;
}
