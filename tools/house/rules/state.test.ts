/** Tests of the state that no module may hold. */

import { describe, it } from 'node:test';
import { catches, spares } from '../house.testing.ts';
import { state } from './state.ts';

describe('module-level state', () => {
  for (const source of [
    'let count = 0;',
    'export let count = 0;',
    'var count = 0;',
    'const seen = new Map();',
    'export const seen = new Set<string>();',
    'const cache = new WeakMap<object, string>();',
    'const seen: Map<string, number> = make();',
    'const list: string[] = [a];',
    'const list = [];',
    'const table = {};',
    'class A { static count = 0; }',
    'class A { static seen: Map<string, string> = x; }',
  ]) {
    it(`is banned: ${source}`, () => {
      catches(state, { 'server/src/a.ts': `/** x */\n${source}` }, /:2 /);
    });
  }

  for (const source of [
    'const count = 0;',
    'function f() { let a = 1; var b = 2; const c = new Map(); }',
    'const f = () => { const list: string[] = []; return list; };',
    'const names: ReadonlyMap<string, string> = new Map();',
    'const names = new Set([1]) as ReadonlySet<number>;',
    'const list: readonly string[] = [];',
    'const list = [] as const;',
    'const table: Readonly<Record<string, string>> = {};',
    'const table = Object.freeze({});',
    'const table = { a: 1 };',
    'class A { static readonly limit = 1; static of() { return new A(); } static { f(); } }',
    'class A { count = 0; readonly seen = new Map(); }',
    'export { let as other } from "x";',
    '// let count = 0;',
    'for (let at = 0; at < 1; at++) f();',
  ]) {
    it(`is not: ${source}`, () => {
      spares(state, { 'server/src/a.ts': source });
    });
  }
});
