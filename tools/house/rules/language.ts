/** Language: the words of TypeScript that we do without. */

import type { Token } from '../tokens.ts';
import type { CodeFile, Rule } from '../tree.ts';

export const language: Rule = {
  name: 'language',
  *check(tree) {
    for (const file of tree.code.values()) {
      for (const [at, token] of file.code.entries()) {
        const message = token.kind === 'word' ? banned(file, at, token) : undefined;
        if (message !== undefined) yield { path: file.path, line: token.line, message };
      }
    }
  },
};

function banned({ code, isTest }: CodeFile, at: number, token: Token): string | undefined {
  const before = code[at - 1];
  const next = code[at + 1];
  const isMember = before?.text === '.' || before?.text === '?.';
  switch (token.text) {
    case 'default':
      return before?.text === 'export' ? 'a default export is banned, use a named one' : undefined;
    case 'any':
      return isType(before, next) ? '`any` is banned, use `unknown` and narrow it' : undefined;
    case 'debugger':
      return isMember || next?.text === ':' ? undefined : '`debugger` is banned, use a test';
    case 'only':
      return isTest && isSelected(code, at, isMember)
        ? '`only` is banned, use `npm test -- PATH`: it hides every other test'
        : undefined;
    default:
      return undefined;
  }
}

/** Whether a word stands where a type does, and is not a name that happens to be the same. */
function isType(before: Token | undefined, next: Token | undefined): boolean {
  if (next !== undefined && [':', '(', '=>', '.', '?.'].includes(next.text)) return false;
  if (before?.text === ',') return next?.text === '>' || next?.text === ',';
  return [':', '<', '|', '&', 'as', 'satisfies', 'is', 'extends', 'keyof', '=>'].includes(
    before?.text ?? '',
  );
}

/** `test.only(` and `{ only: true }`. */
function isSelected(code: readonly Token[], at: number, isMember: boolean): boolean {
  if (isMember) return code[at + 1]?.text === '(';
  return code[at + 1]?.text === ':' && code[at + 2]?.text === 'true';
}
