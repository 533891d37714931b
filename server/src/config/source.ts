/**
 * The text of a config file: YAML (1.2) read into plain values, with the place of each.
 */

import {
  type Document,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import type { ConfigError } from './errors.ts';

/** Nobody's config is longer; a file of another sort may be. */
const CHARACTERS_MAX = 1_000_000;

export type Path = readonly (string | number)[];

/** Where something stands in the file; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Source {
  readonly values: Readonly<Record<string, unknown>>;
  /** The place of the value under a path, or of the nearest thing around it that is there. */
  placeOf(path: Path): Place;
  /** The place of the key that a path ends in. */
  placeOfKey(path: Path): Place;
}

export function readSource(text: string): Source | { readonly errors: readonly ConfigError[] } {
  if (text.length > CHARACTERS_MAX) {
    return { errors: [atStart(`expected at most ${CHARACTERS_MAX} characters`)] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    resolveKnownTags: false,
    logLevel: 'error',
  });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };

  const errors: ConfigError[] = [...document.errors, ...document.warnings].map((problem) => ({
    path: '',
    ...place(problem.pos[0]),
    message: plainly(problem.code, problem.message),
  }));
  errors.push(...bannedNodes(document, place));
  if (errors.length > 0) return { errors };

  const { contents } = document;
  if (contents === null) return { errors: [atStart('the file is empty')] };
  if (!isMap(contents)) return { errors: [atStart('expected options, such as "listen:"')] };
  const values: Readonly<Record<string, unknown>> = document.toJS({ maxAliasCount: 0 });
  return {
    values,
    placeOf: (path) => place(startOf(find(document, path).value)),
    placeOfKey: (path) => {
      const { key, value } = find(document, path);
      return place(startOf(key ?? value));
    },
  };
}

function atStart(message: string): ConfigError {
  return { path: '', line: 1, column: 1, message };
}

/** Aliases could repeat a short text a million times; `__proto__` would not be an option at all. */
function bannedNodes(document: Document, place: (offset: number) => Place): ConfigError[] {
  const errors: ConfigError[] = [];
  visit(document, {
    Alias(_, alias) {
      const message = `"*${alias.source}": aliases are not read here, write the value out`;
      errors.push({ path: '', ...place(startOf(alias)), message });
    },
    Pair(_, { key }) {
      if (keyText(key) !== '__proto__') return;
      errors.push({ path: '', ...place(startOf(key)), message: 'unknown option "__proto__"' });
    },
  });
  return errors;
}

function plainly(code: string, message: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'this option stands here twice';
    case 'TAB_AS_INDENT':
      return 'tabs cannot indent in YAML, use spaces';
    case 'MULTIPLE_DOCS':
      return 'a second document begins here ("---"), one is expected';
    case 'NON_STRING_KEY':
      return 'the name of an option must be text';
    default:
      return `not YAML: ${message.split('\n', 1)[0]}`;
  }
}

interface Found {
  /** Null where the path ends in a list, or at something that is not there. */
  readonly key: unknown;
  readonly value: unknown;
}

/** Follows a path as far as it leads. */
function find(document: Document, path: Path): Found {
  let found: Found = { key: null, value: document.contents };
  for (const step of path) {
    const { value } = found;
    if (isMap(value)) {
      const pair = value.items.find(({ key }: Pair) => keyText(key) === String(step));
      if (!pair) return found;
      found = { key: pair.key, value: pair.value ?? pair.key };
    } else if (isSeq(value)) {
      const item = value.items[Number(step)];
      if (item === undefined) return found;
      found = { key: null, value: item };
    } else {
      return found;
    }
  }
  return found;
}

function keyText(key: unknown): string {
  return isNode(key) && 'value' in key ? String(key.value) : '';
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
