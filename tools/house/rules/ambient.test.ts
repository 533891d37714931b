/** Tests of the doors for time, randomness and the environment. */

import { describe, it } from 'node:test';
import { catches, spares } from '../house.testing.ts';
import { ambient } from './ambient.ts';

const at = (path: string, source: string) => ({ [`server/${path}`]: source });

describe('the clock', () => {
  for (const source of [
    'const t = Date.now();',
    'const now = Date.now;',
    'const t = new Date();',
    'const t = new Date;',
    'const t = Date();',
    'const t = performance.now();',
    'const t = process.hrtime.bigint();',
    "const t = process['hrtime']();",
    'setTimeout(f, 1);',
    'const timer = setInterval(f, 1);',
    'const s = AbortSignal.timeout(5);',
    'globalThis.setTimeout(f, 1);',
    `import * as timers from 'node:timers/promises';`,
  ]) {
    it(`has one door: ${source}`, () => {
      catches(ambient, at('src/host/a.ts', `\n${source}`), /:2 .*use the Clock/);
      catches(ambient, at('sim/a.ts', source), /use the Clock/);
      spares(ambient, at('src/sessions/clock.ts', source));
      spares(ambient, at('src/host/a.test.ts', source));
      spares(ambient, at('sim/main.ts', source));
      spares(ambient, { 'tools/a.ts': source });
    });
  }

  it('is not in a date that is given, a method, a comment or a string', () => {
    for (const source of [
      'const t = new Date(ms);',
      'const t: Date = x;',
      'const t = clock.now();',
      'socket.setTimeout(5);',
      "const text = 'Date.now()'; // Date.now()",
      'setImmediate(f);',
      'type T = { at: Date; then: Date | null };',
    ]) {
      spares(ambient, at('src/host/a.ts', source));
    }
  });
});

describe('randomness', () => {
  for (const source of [
    'const x = Math.random();',
    'const x = randomBytes(8);',
    'const x = crypto.randomUUID();',
    'const x = crypto.getRandomValues(y);',
    'const x = randomInt(8);',
    'const x = nodeCrypto.randomFillSync(y);',
  ]) {
    it(`has one door: ${source}`, () => {
      catches(ambient, at('src/keys/a.ts', source), /use the Random/);
      spares(ambient, at('src/sessions/random.ts', source));
      spares(ambient, at('src/keys/a.test.ts', source));
      catches(ambient, at('sim/a.test.ts', source), /same seed/);
    });
  }

  it('makes keys in keys/ only', () => {
    const source = 'const pair = generateKeyPairSync("ec");';
    spares(ambient, at('src/keys/a.ts', source));
    catches(ambient, at('src/host/a.ts', source), /use the keyring/);
  });
});

describe('the environment', () => {
  it('is read in config/ only', () => {
    for (const source of [
      'const x = process.env.HOME;',
      "const x = process['env'];",
      `import { env } from 'node:process';`,
    ]) {
      catches(ambient, at('src/host/a.ts', source), /env is banned here, use a setting/);
      catches(ambient, { 'client/a.ts': source }, /use a setting/);
      spares(ambient, at('src/config/a.ts', source));
      spares(ambient, at('e2e/a.ts', source));
      spares(ambient, at('sim/a.ts', source));
      spares(ambient, { 'tools/a.ts': source });
    }
    spares(ambient, at('src/host/a.ts', 'const x = process.pid; const env = 1; x.env;'));
  });
});

describe('the engine', () => {
  it('is synchronous', () => {
    catches(ambient, at('src/engine/a.ts', 'async function a() {}'), /async is banned/);
    catches(ambient, at('src/engine/a.ts', 'const a: Promise<void> = x;'), /Promise is banned/);
    spares(ambient, at('src/engine/a.test.ts', 'async function a() {}'));
    spares(ambient, at('src/engine/a.ts', '/** async */ const a = b;'));
    spares(ambient, at('src/sessions/a.ts', 'async function a() { await b; }'));
  });
});
