/** Wire words: a name that only a protocol uses stays inside the dialect that speaks it. */

import type { Token } from '../tokens.ts';
import type { Rule } from '../tree.ts';

/** The words, and the dialects whose wire has them. */
const WORDS: readonly { readonly dialects: readonly string[]; readonly words: string }[] = [
  {
    dialects: ['forgerock'],
    words: 'tokenId successUrl maxidletime maxsessiontime X-OpenAM-Username X-OpenAM-Password',
  },
  { dialects: ['forgerock', 'oauth'], words: 'iPlanetDirectoryPro Accept-API-Version' },
  { dialects: ['oauth'], words: 'code_verifier code_challenge' },
  {
    dialects: ['oauth', 'idaas'],
    words: 'refresh_token id_token grant_type client_id client_secret token_type expires_in',
  },
  { dialects: ['oauth', 'idaas', 'zendesk'], words: 'access_token' },
  { dialects: ['s360', 'native'], words: 'sessionToken' },
  {
    dialects: ['s360'],
    words: 'esbUUID ESB-IDP api_key sessionTokenEncrypted selfProfile iidParams externalSystemId',
  },
  {
    dialects: ['idaas'],
    words: 'session_token operating_sys_version device_ip device_fingerprint',
  },
  { dialects: ['zendesk'], words: 'authenticity_token' },
];

/** Where the ban is for; the tour, the foreign clients and the simulator stand outside. */
const WHERE = /^(server\/src|client|console)\//;

/** Holds the demo's config, of every dialect, to what the documents promise. */
const EXCEPT = 'server/src/config/demo.test.ts';

const HOMES: ReadonlyMap<string, readonly string[]> = new Map(
  WORDS.flatMap(({ dialects, words }) => words.split(' ').map((word) => [word, dialects] as const)),
);

/** Any of the words, not as a part of a longer one (`ESB-IDP-E0003` is one that goes on). */
const ANY = new RegExp(`(?<![\\w-])(?:${[...HOMES.keys()].join('|')})(?!\\w)`, 'g');

export const wireWords: Rule = {
  name: 'wire-words',
  *check(tree) {
    for (const file of tree.code.values()) {
      if (!WHERE.test(file.path) || file.path === EXCEPT) continue;
      for (const token of file.code) {
        for (const word of wordsIn(token)) {
          const homes = HOMES.get(word) ?? [];
          if (homes.some((home) => file.path.startsWith(`server/src/dialects/${home}/`))) continue;
          const rooms = homes.map((home) => `dialects/${home}/`).join(' or ');
          const message = `the wire word ${word} is banned here, use our own name; it lives in ${rooms}`;
          yield { path: file.path, line: token.line, message };
        }
      }
    }
  },
};

function wordsIn(token: Token): readonly string[] {
  if (token.kind !== 'word' && token.kind !== 'string' && token.kind !== 'template') return [];
  return token.text.match(ANY) ?? [];
}
