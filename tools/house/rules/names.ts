/** Names: of folders and files, and the sentence at the top of each file that says what it owns. */

import type { CodeFile, Finding, Rule } from '../tree.ts';

const BANNED_FOLDERS = 'utils util helpers helper common shared misc lib core'.split(' ');
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

export const names: Rule = {
  name: 'names',
  *check(tree) {
    for (const { path } of tree.files) {
      const folder = path.split('/').find((part, at, all) => at < all.length - 1 && isBanned(part));
      if (folder === undefined) continue;
      const message = `the folder name ${folder} is banned, use one that says what is inside`;
      yield { path, line: 1, message };
    }
    for (const file of tree.code.values()) yield* checkFile(file);
  },
};

const isBanned = (folder: string) => BANNED_FOLDERS.includes(folder.toLowerCase());

function* checkFile(file: CodeFile): Iterable<Finding> {
  const odd = file.path.split('/').find((part) => !KEBAB.test(part.replace(/^\./, '')));
  if (odd !== undefined) {
    const message = `the name ${odd} is banned, use kebab-case: small letters, digits and dashes`;
    yield { path: file.path, line: 1, message };
  }
  if (file.tokens[0]?.kind !== 'doc') {
    const message =
      'a file without a first word is banned, use a doc comment that says what it owns';
    yield { path: file.path, line: 1, message };
  }
}
