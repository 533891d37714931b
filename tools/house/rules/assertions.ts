/** Assertions: a test file that asserts nothing cannot fail. */

import { resolveImport } from '../imports.ts';
import type { CodeFile, Rule, Tree } from '../tree.ts';

export const assertions: Rule = {
  name: 'assertions',
  *check(tree) {
    for (const file of tree.code.values()) {
      if (!/\.test\.[a-z]+$/.test(file.path) || asserts(file) || callsSuite(tree, file)) continue;
      const message = 'a test file without an assertion is banned, use node:assert/strict';
      yield { path: file.path, line: 1, message };
    }
  },
};

/** `assert(...)`, `assert.equal(...)`, `fc.assert(...)`, `t.assert.equal(...)`, `expect(...)`. */
function asserts({ code }: CodeFile): boolean {
  return code.some(({ kind, text }, at) => {
    const next = code[at + 1]?.text;
    if (kind !== 'word') return false;
    return text === 'assert' ? next === '(' || next === '.' : text === 'expect' && next === '(';
  });
}

/** A suite that several tests run, such as the conformance of stores, asserts in their stead. */
function callsSuite(tree: Tree, file: CodeFile, seen = new Set<string>()): boolean {
  if (seen.has(file.path)) return false;
  seen.add(file.path);
  return file.imports.some((found) => {
    const suite = tree.code.get(resolveImport(file.path, found.specifier) ?? '');
    if (suite === undefined || found.isType) return false;
    const isSuite = suite.imports.some(({ specifier }) => /^node:(test|assert)/.test(specifier));
    return isSuite && (asserts(suite) || callsSuite(tree, suite, seen));
  });
}
