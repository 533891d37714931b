/** Cycles: no file reaches itself through its imports, those of types included. */

import { resolveImport } from '../imports.ts';
import type { CodeFile, Finding, Rule, Tree } from '../tree.ts';

export const cycles: Rule = {
  name: 'cycles',
  *check(tree) {
    const done = new Set<string>();
    for (const file of tree.code.values()) yield* visit(tree, file, [], done);
  },
};

/** Depth first: an import of a file on the path that led here closes a cycle. */
function* visit(
  tree: Tree,
  file: CodeFile,
  trail: readonly string[],
  done: Set<string>,
): Iterable<Finding> {
  if (done.has(file.path)) return;
  const here = [...trail, file.path];
  for (const found of file.imports) {
    const target = tree.code.get(resolveImport(file.path, found.specifier) ?? '');
    if (target === undefined) continue;
    const start = here.indexOf(target.path);
    if (start >= 0) {
      const ring = [...here.slice(start), target.path].map(shorten).join(' -> ');
      const message = `the import cycle ${ring} is banned, use a third file for what they share`;
      yield { path: file.path, line: found.line, message };
    } else {
      yield* visit(tree, target, here, done);
    }
  }
  done.add(file.path);
}

const shorten = (file: string) => file.replace(/^server\/src\//, '');
