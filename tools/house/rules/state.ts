/** State: nothing that can change lives in a module; it belongs to a value that somebody makes. */

import type { Token } from '../tokens.ts';
import type { CodeFile, Finding, Rule } from '../tree.ts';

const CONTAINERS = ['Map', 'Set', 'WeakMap', 'WeakSet', 'Array'];
const USE = 'a value that a function makes and hands on';

export const state: Rule = {
  name: 'state',
  *check(tree) {
    for (const file of tree.code.values()) {
      for (const [at, token] of file.code.entries()) {
        const what = token.kind === 'word' ? mutable(file, at, token) : undefined;
        if (what !== undefined) yield find(file, token, what);
      }
    }
  },
};

function find(file: CodeFile, token: Token, what: string): Finding {
  return { path: file.path, line: token.line, message: `${what} is banned, use ${USE}` };
}

function mutable({ code }: CodeFile, at: number, token: Token): string | undefined {
  const next = code[at + 1];
  if (token.text === 'static') return isOpenField(code, at) ? 'a static field' : undefined;
  if (token.depth > 0 || !opensStatement(code[at - 1])) return undefined;
  if (token.text === 'let' || token.text === 'var') {
    return `a module-level \`${token.text}\``;
  }
  if (token.text !== 'const') return undefined;
  return isContainer(statement(code, at + 1)) ? `the mutable container ${next?.text}` : undefined;
}

/** A `let` that is the name of a property is none. */
const opensStatement = (before: Token | undefined) =>
  before === undefined ||
  [';', '}', ')', 'export', 'declare'].includes(before.text) ||
  before.kind !== 'mark';

/** `static name =` or `static name:` without `readonly`; not a method, a block or an accessor. */
function isOpenField(code: readonly Token[], at: number): boolean {
  const follows = code[at + 2]?.text ?? '';
  return code[at + 1]?.kind === 'word' && ['=', ':', ';'].includes(follows);
}

/** The tokens up to the semicolon that ends the statement. */
function statement(code: readonly Token[], start: number): readonly Token[] {
  const end = code.findIndex((token, at) => at >= start && token.depth === 0 && token.text === ';');
  return code.slice(start, end < 0 ? undefined : end);
}

/** Whether `name: Type = value` makes a container that its type lets anyone change. */
function isContainer(tokens: readonly Token[]): boolean {
  const equals = tokens.findIndex((token) => token.depth === 0 && token.text === '=');
  if (equals < 0) return false;
  const type = tokens.slice(2, equals).map((token) => token.text);
  const value = tokens.slice(equals + 1).map((token) => token.text);
  if (isReadonly(type) || isReadonly(value.slice(value.lastIndexOf('as') + 1))) return false;
  if (value[0] === 'Object' && value[2] === 'freeze') return false;
  const isEmpty = ['[]', '{}'].includes(value.slice(0, 2).join(''));
  const isMade = value[0] === 'new' && CONTAINERS.includes(value[1] ?? '');
  const isTyped = CONTAINERS.includes(type[0] ?? '') || type.slice(-2).join('') === '[]';
  return isEmpty || isMade || isTyped;
}

/** `ReadonlyMap<...>`, `Readonly<...>`, `readonly string[]`, `const`. */
const isReadonly = (type: readonly string[]) => /^(Readonly|readonly$|const$)/.test(type[0] ?? '');
