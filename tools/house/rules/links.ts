/** Links: a relative link of a document leads to a file or folder, and to a heading that is there. */

import path from 'node:path';
import { BINARY, type Finding, type Rule, type TextFile } from '../tree.ts';

/** `[text](target)`, `![text](target "title")`, and `[name]: target` on a line of its own. */
const LINKS = [
  /\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g,
  /^ {0,3}\[[^\]]+\]:\s+<?([^\s>]+)>?/gm,
];
/** What only looks like links, or like headings, with its lines kept. */
const CODE = /^(`{3,}|~{3,})[\s\S]*?^\1|(`+)(?!`)[^\n]*?[^`]\2(?!`)/gm;
const FENCED = /^(`{3,}|~{3,})[\s\S]*?^\1/gm;
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;

export const links: Rule = {
  name: 'links',
  *check(tree) {
    const files = new Map(tree.files.map((file) => [file.path, file]));
    for (const file of tree.files) {
      if (file.path.endsWith('.md')) yield* checkFile(file, files);
    }
  },
};

function* checkFile(file: TextFile, files: ReadonlyMap<string, TextFile>): Iterable<Finding> {
  const text = blanked(file.text, CODE);
  for (const pattern of LINKS) {
    for (const found of text.matchAll(pattern)) {
      const [, target = ''] = found;
      if (ELSEWHERE.test(target) || isFine(file.path, target, files)) continue;
      const line = text.slice(0, found.index).split('\n').length;
      yield { path: file.path, line, message: `${target} leads nowhere, use what is there` };
    }
  }
}

function isFine(from: string, target: string, files: ReadonlyMap<string, TextFile>): boolean {
  const [where = '', fragment] = target.split('#');
  const named = path.posix.join(path.posix.dirname(from), where).replace(/\/$/, '');
  const found = where === '' ? from : named;
  // The tree holds texts alone.
  if (BINARY.test(found)) return true;
  const file = files.get(found);
  if (file === undefined) return [...files.keys()].some((each) => each.startsWith(`${found}/`));
  if (fragment === undefined || !found.endsWith('.md')) return true;
  return headingsOf(file.text).has(fragment);
}

/** The headings as GitHub names them in links: lower case, without marks, `-` for a space. */
function headingsOf(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, heading = ''] of blanked(text, FENCED).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const name = plain.replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    let again = 0;
    while (names.has(again === 0 ? name : `${name}-${again}`)) again++;
    names.add(again === 0 ? name : `${name}-${again}`);
  }
  return names;
}

function blanked(text: string, what: RegExp): string {
  return text.replace(what, (found) => found.replace(/[^\n]/g, ' '));
}
