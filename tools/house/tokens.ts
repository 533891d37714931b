/**
 * The tokenizer: cuts TypeScript into words, strings, comments and marks, so that no rule fires
 * inside a comment or a string by mistake. It knows just enough of the grammar for that.
 */

/**
 * - `comment` and `string` hold what is inside the delimiters; so does `template`, once for every
 *   stretch of plain text between `${` and `}`,
 * - `doc` is a comment that begins with two stars,
 * - `mark` is one character of punctuation, or one of `=>`, `...`, `?.`, `++`, `--`, `${`.
 */
export type TokenKind =
  | 'word'
  | 'string'
  | 'template'
  | 'number'
  | 'regex'
  | 'mark'
  | 'comment'
  | 'doc';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** How many brackets of any kind are open around it; a bracket stands outside of itself. */
  readonly depth: number;
}

const SPACE = /\s+/y;
const LINE_COMMENT = /\/\/(.*)/y;
const BLOCK_COMMENT = /\/\*([\s\S]*?)(?:\*\/|$)/y;
const WORD = /#?[\p{ID_Start}$_][\p{ID_Continue}$]*/uy;
const NUMBER = /\.?\d[\w.]*/y;
const STRING = /'((?:[^'\\\n]|\\[\s\S])*)'?|"((?:[^"\\\n]|\\[\s\S])*)"?/y;
const TEMPLATE = /((?:[^`\\$]|\\[\s\S]|\$(?!\{))*)(`|\$\{|$)/y;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const MARK = /=>|\.\.\.|\?\.|\+\+|--|[\s\S]/y;

/** Words after which a slash begins a regular expression. */
const BEFORE_REGEX = new Set(
  'return typeof case in of delete void throw new instanceof await yield else do'.split(' '),
) as ReadonlySet<string>;

/** Words whose parentheses are followed by a statement, not by an operator. */
const BEFORE_STATEMENT = new Set(['if', 'while', 'for', 'with']) as ReadonlySet<string>;

/**
 * All tokens of the source in order, comments included.
 *
 * @param source - any text; what is not TypeScript gives tokens too, and never an error.
 */
export function tokenize(source: string): Token[] {
  return new Tokenizer(source).all();
}

class Tokenizer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  /** The open brackets, and for `(` the word before it. */
  readonly #open: { readonly mark: string; readonly word: string }[] = [];
  #at = 0;
  #line = 1;
  /** The last token that is no comment. */
  #last: Token | undefined;
  /** The word before the parenthesis that closed last. */
  #closedWord = '';

  constructor(source: string) {
    this.#source = source;
  }

  all(): Token[] {
    if (this.#source.startsWith('#!')) this.#take(LINE_REST);
    while (this.#at < this.#source.length) this.#next();
    return this.#tokens;
  }

  #next(): void {
    if (this.#take(SPACE) !== null) return;
    const here = this.#source[this.#at] ?? '';
    if (here === '/' && this.#slash()) return;
    if (here === "'" || here === '"') {
      this.#push('string', STRING, (found) => found[1] ?? found[2] ?? '');
    } else if (here === '`') {
      this.#at += 1;
      this.#template();
    } else if (!this.#push('number', NUMBER) && !this.#push('word', WORD)) {
      this.#mark();
    }
  }

  #slash(): boolean {
    const second = this.#source[this.#at + 1];
    if (second === '/') return this.#push('comment', LINE_COMMENT, (found) => found[1] ?? '');
    if (second === '*') {
      const isDoc = this.#source[this.#at + 2] === '*';
      return this.#push(isDoc ? 'doc' : 'comment', BLOCK_COMMENT, (found) => found[1] ?? '');
    }
    return this.#isRegexNext() && this.#push('regex', REGEX);
  }

  /** Whether a slash here begins a regular expression; otherwise it divides. */
  #isRegexNext(): boolean {
    const last = this.#last;
    if (last === undefined) return true;
    if (last.kind === 'word') return BEFORE_REGEX.has(last.text);
    if (last.kind !== 'mark') return false;
    if (last.text === ')') return BEFORE_STATEMENT.has(this.#closedWord);
    return last.text !== ']' && last.text !== '++' && last.text !== '--';
  }

  /** The rest of a template up to its end or to the next `${`. */
  #template(): void {
    const line = this.#line;
    const found = this.#take(TEMPLATE);
    if (found === null) return;
    this.#add('template', found[1] ?? '', line);
    if (found[2] === '${') this.#openBracket('${', line);
  }

  #mark(): void {
    const line = this.#line;
    const text = this.#take(MARK)?.[0] ?? '';
    if (text === '(' || text === '[' || text === '{') {
      this.#openBracket(text, line);
    } else if (text === ')' || text === ']' || text === '}') {
      const opened = this.#open.pop();
      if (text === ')') this.#closedWord = opened?.word ?? '';
      this.#add('mark', text, line);
      if (opened?.mark === '${') this.#template();
    } else {
      this.#add('mark', text, line);
    }
  }

  #openBracket(mark: string, line: number): void {
    const word = this.#last?.kind === 'word' ? this.#last.text : '';
    this.#add('mark', mark, line);
    this.#open.push({ mark, word });
  }

  #push(kind: TokenKind, shape: RegExp, text = (found: RegExpExecArray) => found[0]): boolean {
    const line = this.#line;
    const found = this.#take(shape);
    if (found !== null) this.#add(kind, text(found), line);
    return found !== null;
  }

  #add(kind: TokenKind, text: string, line: number): void {
    const token = { kind, text, line, depth: this.#open.length };
    this.#tokens.push(token);
    if (kind !== 'comment' && kind !== 'doc') this.#last = token;
  }

  #take(shape: RegExp): RegExpExecArray | null {
    shape.lastIndex = this.#at;
    const found = shape.exec(this.#source);
    if (found === null) return null;
    this.#at += found[0].length;
    for (let at = found[0].indexOf('\n'); at >= 0; at = found[0].indexOf('\n', at + 1)) {
      this.#line += 1;
    }
    return found;
  }
}

const LINE_REST = /.*/y;
