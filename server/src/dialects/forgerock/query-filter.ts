/**
 * The filter grammar of CREST: reads `_queryFilter` into a tree.
 *
 *     or         = and *( "or" and )
 *     and        = not *( "and" not )
 *     not        = [ "!" ] primary
 *     primary    = "(" or ")" / "true" / "false" / field "pr" / field operator value
 *     value      = string / number / "true" / "false"
 *
 * Words end at a space or a bracket, and are taken in any letter case. There is no word `not`: AM
 * refuses it.
 */

/** The segments of a JSON pointer (RFC 6901), of which a filter may leave out the first slash. */
export type Field = readonly string[];

export type Filter =
  | { readonly op: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter }
  | { readonly op: 'literal'; readonly value: boolean }
  | { readonly op: 'pr'; readonly field: Field }
  | {
      readonly op: 'compare';
      /** In lower case: `eq`, `co`, `sw`, `gt`, `ge`, `lt`, `le`, or one that a resource defines. */
      readonly operator: string;
      readonly field: Field;
      readonly value: string | number | boolean;
    };

/** Characters of a filter. */
const LENGTH_MAX = 4096;

/** Brackets within brackets: as CREST, whose 256 levels are four to a bracket. */
const DEPTH_MAX = 64;

const OPERATOR = /^[a-z_0-9.]+$/;
const INTEGER = /^[+-]?\d{1,18}$/;
const DECIMAL = /^[+-]?(?:\d+\.\d*|\.\d+)(?:e[+-]?\d{1,4})?$/i;

/** A quoted string, or a word or bracket as it stands there. */
type Lexeme = { readonly word: string } | { readonly string: string };

/** Undefined for a text that is no filter. */
export function readFilter(text: string): Filter | undefined {
  const lexemes = text.length > LENGTH_MAX ? undefined : split(text);
  if (!lexemes) return undefined;
  const reader = createReader(lexemes);
  const filter = readOr(reader, 0);
  return reader.isAtEnd() ? filter : undefined;
}

interface Reader {
  readonly next: () => Lexeme | undefined;
  /** Whether that word comes next, which is then behind us. */
  readonly takes: (word: string) => boolean;
  readonly isAtEnd: () => boolean;
}

function createReader(lexemes: readonly Lexeme[]): Reader {
  let at = 0;
  return {
    next: () => lexemes[at++],
    takes(word) {
      const isThere = wordOf(lexemes[at]) === word;
      if (isThere) at++;
      return isThere;
    },
    isAtEnd: () => at === lexemes.length,
  };
}

function readOr(reader: Reader, depth: number): Filter | undefined {
  return readChain(reader, 'or', () => readChain(reader, 'and', () => readNot(reader, depth)));
}

/** What stands between the words; alone, it is itself. */
function readChain(
  reader: Reader,
  op: 'and' | 'or',
  readOne: () => Filter | undefined,
): Filter | undefined {
  const filters: Filter[] = [];
  do {
    const one = readOne();
    if (!one) return undefined;
    filters.push(one);
  } while (reader.takes(op));
  const [only] = filters;
  return filters.length === 1 ? only : { op, filters };
}

function readNot(reader: Reader, depth: number): Filter | undefined {
  if (!reader.takes('!')) return readPrimary(reader, depth);
  const filter = readPrimary(reader, depth);
  return filter && { op: 'not', filter };
}

function readPrimary(reader: Reader, depth: number): Filter | undefined {
  if (reader.takes('(')) {
    const filter = depth < DEPTH_MAX ? readOr(reader, depth + 1) : undefined;
    return reader.takes(')') ? filter : undefined;
  }
  if (reader.takes('true')) return { op: 'literal', value: true };
  if (reader.takes('false')) return { op: 'literal', value: false };
  return readAssertion(reader);
}

function readAssertion(reader: Reader): Filter | undefined {
  const field = reader.next();
  const operator = wordOf(reader.next());
  if (!field || !('word' in field) || isBracket(field.word)) return undefined;
  if (operator === 'pr') return { op: 'pr', field: pointer(field.word) };
  const value = readValue(reader.next());
  if (operator === undefined || !OPERATOR.test(operator) || value === undefined) return undefined;
  return { op: 'compare', operator, field: pointer(field.word), value };
}

function readValue(lexeme: Lexeme | undefined): string | number | boolean | undefined {
  if (lexeme && 'string' in lexeme) return lexeme.string;
  const word = wordOf(lexeme);
  if (word === undefined) return undefined;
  if (word === 'true' || word === 'false') return word === 'true';
  const number = INTEGER.test(word) || DECIMAL.test(word) ? Number(word) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function pointer(word: string): Field {
  return word
    .replace(/^\//, '')
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function wordOf(lexeme: Lexeme | undefined): string | undefined {
  return lexeme && 'word' in lexeme ? lexeme.word.toLowerCase() : undefined;
}

function isBracket(word: string): boolean {
  return word === '(' || word === ')';
}

const SPACE = /\s*/y;
const WORD = /[()]|[^\s()"'][^\s()]*/y;
/** A backslash stands before any character that is meant as it is. */
const STRING = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/sy;

/** Undefined when a string has no end. */
function split(text: string): Lexeme[] | undefined {
  const lexemes: Lexeme[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    at += found?.[0].length ?? 0;
    return found;
  };
  for (take(SPACE); at < text.length; take(SPACE)) {
    const quoted = take(STRING);
    const word = quoted ? undefined : take(WORD)?.[0];
    if (quoted) lexemes.push({ string: unescaped(quoted[1] ?? quoted[2] ?? '') });
    else if (word !== undefined) lexemes.push({ word });
    else return undefined;
  }
  return lexemes;
}

function unescaped(written: string): string {
  return written.replaceAll(/\\(.)/gs, '$1');
}
