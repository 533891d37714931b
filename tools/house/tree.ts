/** The repository as the rules see it: the committed text files, and the code among them in tokens. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Import, importsOf } from './imports.ts';
import { type Token, tokenize } from './tokens.ts';

export interface TextFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface CodeFile extends TextFile {
  readonly tokens: readonly Token[];
  /** The tokens without comments. */
  readonly code: readonly Token[];
  readonly imports: readonly Import[];
  /** A test, `*.test.ts`, or what tests share, `*.testing.ts`. */
  readonly isTest: boolean;
}

export interface Tree {
  /** Every text file, code included. */
  readonly files: readonly TextFile[];
  /** The code files by path. */
  readonly code: ReadonlyMap<string, CodeFile>;
}

export interface Finding {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** "X is banned here, use Y". */
  readonly message: string;
}

/** One rule of the house. It reads the tree and changes nothing. */
export interface Rule {
  readonly name: string;
  readonly check: (tree: Tree) => Iterable<Finding>;
}

const CODE = /\.(ts|mts|js|mjs)$/;
/** Files that the tree leaves out. */
export const BINARY = /\.(png|jpe?g|gif|ico|webp|woff2?|ttf|gz|zip|pdf|wasm)$/;

/** The tree of these files, by path. */
export function treeOf(texts: Readonly<Record<string, string>>): Tree {
  const files = Object.entries(texts).map(([where, text]) => ({ path: where, text }));
  const code = files.filter((file) => CODE.test(file.path)).map(codeFile);
  return { files, code: new Map(code.map((file) => [file.path, file])) };
}

function codeFile(file: TextFile): CodeFile {
  const tokens = tokenize(file.text);
  const code = tokens.filter((token) => token.kind !== 'comment' && token.kind !== 'doc');
  return {
    ...file,
    tokens,
    code,
    imports: importsOf(code),
    isTest: /\.(test|testing)\.[a-z]+$/.test(file.path),
  };
}

/**
 * The tree of the repository at `root`: what git has, and what it would add.
 *
 * @throws when `root` is no git repository.
 */
export function readTree(root: string): Tree {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const texts: Record<string, string> = {};
  for (const where of listed.split('\0').toSorted()) {
    if (where === '' || BINARY.test(where)) continue;
    const text = readText(path.join(root, where));
    if (text !== undefined) texts[where] = text;
  }
  return treeOf(texts);
}

/** The file's text; undefined for one that is gone, is no plain file, or is binary. */
function readText(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return text.includes('\0') ? undefined : text;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'EISDIR') return undefined;
    throw error;
  }
}
