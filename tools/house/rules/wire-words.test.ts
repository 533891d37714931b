/** Tests of the wire words. */

import { describe, it } from 'node:test';
import { catches, spares } from '../house.testing.ts';
import { wireWords } from './wire-words.ts';

const at = (path: string, source: string) => ({ [`server/src/${path}`]: source });

describe('wire words', () => {
  for (const [word, home] of [
    ['tokenId', 'forgerock'],
    ['iPlanetDirectoryPro', 'forgerock'],
    ['session_token', 'idaas'],
    ['access_token', 'oauth'],
    ['access_token', 'idaas'],
    ['sessionToken', 's360'],
    ['sessionToken', 'native'],
    ['esbUUID', 's360'],
    ['authenticity_token', 'zendesk'],
  ]) {
    it(`${word} lives in dialects/${home}`, () => {
      for (const source of [
        `const a = { ${word}: 1 };`,
        `const a = '${word}';`,
        `a(\`x ${word}\`);`,
      ]) {
        spares(wireWords, at(`dialects/${home}/a.ts`, source));
        catches(wireWords, at('host/a.ts', source), new RegExp(`the wire word ${word} is banned`));
        catches(wireWords, at('dialects/a.ts', source), /our own name/);
        catches(wireWords, at('dialects/other/a.ts', source), /our own name/);
        catches(wireWords, { 'client/a.ts': source }, /our own name/);
      }
    });
  }

  it('begin an error code too', () => {
    catches(wireWords, at('host/a.ts', `const a = 'ESB-IDP-E0003';`), /ESB-IDP is banned/);
  });

  it('may be spoken of in comments, and outside of the house', () => {
    spares(wireWords, at('engine/a.ts', '// what AM calls tokenId\n/** session_token */'));
    spares(wireWords, { 'server/e2e/tour.ts': `const a = 'tokenId';`, 'docs/a.md': 'tokenId' });
  });

  it('may stand in the test of the demo, which has every dialect', () => {
    spares(wireWords, at('config/demo.test.ts', `const a = 'refresh_token';`));
    catches(wireWords, at('config/load.test.ts', `const a = 'refresh_token';`), /our own name/);
  });

  it('are whole words', () => {
    spares(wireWords, at('engine/a.ts', 'const mysession_token = 1, tokenIdentity = 2;'));
  });
});
