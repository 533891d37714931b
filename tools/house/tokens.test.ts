/** Tests of the tokenizer. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { tokenize } from './tokens.ts';

const cut = (source: string) => tokenize(source).map(({ kind, text }) => `${kind}:${text}`);

describe('the tokenizer', () => {
  it('tells comments, doc comments and code apart', () => {
    assert.deepEqual(cut('/** a */ // b\n/* c */ d'), [
      'doc:* a ',
      'comment: b',
      'comment: c ',
      'word:d',
    ]);
  });

  it('keeps what looks like a comment in a string, and the other way round', () => {
    assert.deepEqual(cut(`'// a' "/* b" // 'c'`), ['string:// a', 'string:/* b', "comment: 'c'"]);
  });

  it('ends a string at its own quote, not at an escaped one', () => {
    assert.deepEqual(cut(String.raw`'it\'s' "a\\" b`), [
      String.raw`string:it\'s`,
      String.raw`string:a\\`,
      'word:b',
    ]);
  });

  it('cuts templates at their expressions, nested ones too', () => {
    assert.deepEqual(cut('`a${b ? `c${d}` : {}}e` f'), [
      'template:a',
      'mark:${',
      'word:b',
      'mark:?',
      'template:c',
      'mark:${',
      'word:d',
      'mark:}',
      'template:',
      'mark::',
      'mark:{',
      'mark:}',
      'mark:}',
      'template:e',
      'word:f',
    ]);
  });

  it('tells a regular expression from a division', () => {
    assert.deepEqual(cut("x = /'[/]/g;"), ['word:x', 'mark:=', "regex:/'[/]/g", 'mark:;']);
    assert.deepEqual(cut('if (a) /b/.c'), [
      'word:if',
      'mark:(',
      'word:a',
      'mark:)',
      'regex:/b/',
      'mark:.',
      'word:c',
    ]);
    for (const division of [
      'a / b / c',
      '(a) / b / c',
      'a[0] / b / c',
      'a++ / b / c',
      '1 / 2 / 3',
    ]) {
      assert.ok(!cut(division).some((token) => token.startsWith('regex')), division);
    }
  });

  it('counts lines and open brackets', () => {
    const tokens = tokenize('a\n{ /* \n */ b(`\n${c}`) }\nd');
    const place = (text: string) => {
      const token = tokens.find((other) => other.text === text);
      return [token?.line, token?.depth];
    };
    assert.deepEqual(place('a'), [1, 0]);
    assert.deepEqual(place('{'), [2, 0]);
    assert.deepEqual(place('b'), [3, 1]);
    assert.deepEqual(place('c'), [4, 3]);
    assert.deepEqual(place('}'), [4, 2]);
    assert.deepEqual([tokens.at(-1)?.line, tokens.at(-1)?.depth], [5, 0]);
  });

  it('takes any text, and loses no line of it', () => {
    const piece = fc.constantFrom(
      '`',
      '${',
      '}',
      "'",
      '"',
      '/',
      '*',
      '\\',
      '\n',
      'a',
      '(',
      ')',
      '[',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const source = `${pieces.join('')}\n`;
        const lines = tokenize(`${source}`).map((token) => token.line);
        assert.deepEqual(
          lines,
          lines.toSorted((a, b) => a - b),
        );
        assert.ok((lines.at(-1) ?? 1) <= source.split('\n').length);
      }),
    );
  });
});
