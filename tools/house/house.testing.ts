/** What the tests of the rules share: a tree in a few lines, and two questions to ask of a rule. */

import assert from 'node:assert/strict';
import { type Rule, treeOf } from './tree.ts';

export type Files = Readonly<Record<string, string>>;

/** The findings of a rule as `path:line message`. */
export function findings(rule: Rule, files: Files): string[] {
  return [...rule.check(treeOf(files))].map(
    (found) => `${found.path}:${found.line} ${found.message}`,
  );
}

/**
 * Asserts that the rule fires exactly once.
 *
 * @param expected - what the finding, `path:line message`, must match.
 */
export function catches(rule: Rule, files: Files, expected: RegExp): void {
  const found = findings(rule, files);
  assert.equal(found.length, 1, `one finding in ${JSON.stringify(files)}, not ${found.join('; ')}`);
  assert.match(found[0] ?? '', expected);
  assert.match(found[0] ?? '', / is banned.*, use |leads nowhere, use /);
}

/** Asserts that the rule does not fire. */
export function spares(rule: Rule, files: Files): void {
  assert.deepEqual(findings(rule, files), []);
}
