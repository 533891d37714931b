/** Sizes: notes on long files and long functions. They are aims, so this rule is no fence. */

import type { Token } from '../tokens.ts';
import type { CodeFile, Finding, Rule } from '../tree.ts';

const FILE_LINES = 400;
const FUNCTION_LINES = 70;

/** Words whose parentheses are followed by a block that is no function's body. */
const CONTROL = ['if', 'for', 'while', 'switch', 'catch', 'with'];

export const sizes: Rule = {
  name: 'sizes',
  *check(tree) {
    for (const file of tree.code.values()) {
      const lines = file.text.split('\n').length - 1;
      if (lines > FILE_LINES) {
        yield { path: file.path, line: 1, message: `${lines} lines; the aim is ${FILE_LINES}` };
      }
      // What a test file calls a function is mostly a group of tests.
      if (!file.isTest) yield* checkFunctions(file);
    }
  },
};

function* checkFunctions(file: CodeFile): Iterable<Finding> {
  const { code } = file;
  for (const [at, token] of code.entries()) {
    if (token.text !== '{' || token.kind !== 'mark' || !isBody(code, at)) continue;
    const close = code.findIndex((other, index) => index > at && other.depth === token.depth);
    const lines = (code[close]?.line ?? token.line) - token.line + 1;
    if (lines <= FUNCTION_LINES) continue;
    const message = `a function of ${lines} lines; the aim is ${FUNCTION_LINES}`;
    yield { path: file.path, line: token.line, message };
  }
}

/** Whether the brace at `at` opens a function: behind `=>`, or parameters and perhaps a type. */
function isBody(code: readonly Token[], at: number): boolean {
  if (code[at - 1]?.text === '=>') return true;
  const depth = code[at]?.depth;
  for (let index = at - 1; index >= 0; index -= 1) {
    const token = code[index];
    if (token?.depth !== depth) continue;
    if (token?.text === ';' || token?.text === '{' || token?.text === '}') return false;
    if (token?.text !== ')') continue;
    const open = code.findLastIndex(
      (other, i) => i < index && other.depth === depth && other.text === '(',
    );
    return !CONTROL.includes(code[open - 1]?.text ?? '');
  }
  return false;
}
