/** Tests of the words that we do without. */

import { describe, it } from 'node:test';
import { catches, spares } from '../house.testing.ts';
import { language } from './language.ts';

const at = (source: string, path = 'server/src/a.ts') => ({ [path]: source });

describe('language', () => {
  it('has no default export', () => {
    catches(language, at('\nexport default function f() {}'), /:2 a default export/);
    spares(language, at('switch (a) { default: f(); } const b = { default: 1 };'));
  });

  it('has no any', () => {
    for (const source of [
      'let a: any;',
      'f(a as any);',
      'type A = Map<string, any>;',
      'type A = Set<any>;',
      'type A = string | any[];',
      'type F = (a: any) => void;',
      'type F = () => any;',
    ]) {
      catches(language, at(source), /`any` is banned, use `unknown`/);
    }
    spares(language, at("// any\nconst a = 'any'; Promise.any([]); x.any; const b = { any: 1 };"));
    spares(language, at('const c = AbortSignal.any([a]); function any() {}'));
  });

  it('has no debugger', () => {
    catches(language, at('debugger;'), /debugger/);
    spares(language, at('a.debugger = 1;'));
  });

  it('has no test that hides the others', () => {
    for (const source of [
      'it.only("x", f);',
      'describe.only("x", f);',
      'it("x", { only: true }, f);',
    ]) {
      catches(language, at(source, 'server/src/a.test.ts'), /`only` is banned/);
    }
    spares(language, at('options.only("x");'));
    spares(language, at('a.only = b; const c = { only: list };', 'server/src/a.test.ts'));
  });
});
