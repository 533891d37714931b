/** The house rules as a command: reads the repository, prints what breaks a rule, exits 1 if any. */

import path from 'node:path';
import { parseArgs } from 'node:util';
import { NOTES, RULES } from './rules.ts';
import { type Rule, readTree, type Tree } from './tree.ts';

const HELP = `usage: node tools/house/main.ts [--notes] [--help]

Checks the rules of ARCHITECTURE.md that a program can check, over all files that git has or would
add. One line for each finding: file:line, what is banned, what to use, and the rule's name.

  --notes   also print long files and functions, which are aims and stop nothing
`;

function report(tree: Tree, rules: readonly Rule[]): number {
  let count = 0;
  for (const rule of rules) {
    for (const found of rule.check(tree)) {
      count += 1;
      process.stdout.write(`${found.path}:${found.line}  ${found.message}  [${rule.name}]\n`);
    }
  }
  return count;
}

function main(args: string[]): number {
  const options = { notes: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args, options });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const started = performance.now();
  const tree = readTree(path.join(import.meta.dirname, '../..'));
  const count = report(tree, RULES);
  if (values.notes) report(tree, NOTES);
  const ms = Math.round(performance.now() - started);
  process.stdout.write(`house: ${tree.files.length} files, ${count} findings, ${ms} ms\n`);
  return count > 0 ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
