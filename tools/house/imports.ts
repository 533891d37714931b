/** Imports and re-exports of a file, as its tokens show them, and the file that each one names. */

import path from 'node:path';
import type { Token } from './tokens.ts';

export interface Import {
  /** What is written between the quotes. */
  readonly specifier: string;
  readonly line: number;
  /** `import type` and `export type`: gone at run time. `import { type A }` is not. */
  readonly isType: boolean;
  /** The words of the clause: the names that it brings in, and `as`, `from`, `type`. */
  readonly words: readonly string[];
}

/**
 * The static imports, re-exports and `import('...')` of a file.
 *
 * @param code - the file's tokens without its comments.
 */
export function importsOf(code: readonly Token[]): Import[] {
  const imports: Import[] = [];
  for (const [at, token] of code.entries()) {
    const found = specifierAt(code, at, token);
    if (found === undefined) continue;
    const clause = code.slice(at + 1, found);
    imports.push({
      specifier: code[found]?.text ?? '',
      line: token.line,
      isType: clause[0]?.text === 'type' && clause[1]?.text !== 'from',
      words: clause.filter((part) => part.kind === 'word').map((part) => part.text),
    });
  }
  return imports;
}

/** Where the string stands that ends the import or re-export which begins at `at`, if one does. */
function specifierAt(code: readonly Token[], at: number, token: Token): number | undefined {
  if (token.kind !== 'word' || code[at - 1]?.text === '.') return undefined;
  if (token.text === 'import') {
    if (isString(code, at + 1)) return at + 1;
    if (code[at + 1]?.text === '(') return isString(code, at + 2) ? at + 2 : undefined;
    return token.depth === 0 ? afterFrom(code, at + 1) : undefined;
  }
  if (token.text !== 'export' || token.depth > 0) return undefined;
  const first = code[at + 1]?.text === 'type' ? at + 2 : at + 1;
  if (code[first]?.text === '*') return afterFrom(code, first);
  if (code[first]?.text !== '{') return undefined;
  const close = code.findIndex((part, index) => index > first && part.text === '}');
  return code[close + 1]?.text === 'from' && isString(code, close + 2) ? close + 2 : undefined;
}

const isString = (code: readonly Token[], at: number) => code[at]?.kind === 'string';

/** The string after the next `from` of the same statement. */
function afterFrom(code: readonly Token[], start: number): number | undefined {
  for (let at = start; at < code.length; at += 1) {
    if (code[at]?.text === ';' || code[at]?.text === '=') return undefined;
    if (code[at]?.text === 'from' && isString(code, at + 1)) return at + 1;
  }
  return undefined;
}

/**
 * The path, from the repository's root, that a relative import names; undefined for a package.
 *
 * @param from - the importing file's path.
 */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return path.posix.join(path.posix.dirname(from), specifier);
}

/** The package that an import names, without what follows its name: `pg` of `pg/lib/type.js`. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
