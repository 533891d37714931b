/** Leftovers: notes to oneself, paths of one machine, and hosts of one registry, in any file. */

import type { Rule, TextFile } from '../tree.ts';

interface Leftover {
  readonly what: RegExp;
  readonly use: string;
  readonly except?: RegExp;
}

const LOCK = /(^|\/)package-lock\.json$/;

const LEFTOVERS: readonly Leftover[] = [
  {
    what: /\b(TODO|FIXME|XXX|HACK)\b/g,
    use: 'an issue, or do it now',
    except: LOCK,
  },
  {
    // Not a path inside a URL or a route, as in `realms/root/realms`.
    what: /(?<![\w.:}-])\/(work|home|root)\/(?!realms\b)[\w.-]/g,
    use: 'a path from the repository',
  },
  {
    what: /\bregistry\.(npmjs\.org|yarnpkg\.com)\b/g,
    use: 'the registry that npm is set to',
  },
  {
    what: /"resolved": "https?:/g,
    use: 'npm with omit-lockfile-registry-resolved, which leaves the host out',
  },
];

/** This folder names what it bans. */
const SELF = /^tools\/house\//;

export const leftovers: Rule = {
  name: 'leftovers',
  *check(tree) {
    for (const file of tree.files) {
      if (SELF.test(file.path)) continue;
      for (const leftover of LEFTOVERS) {
        if (leftover.except?.test(file.path)) continue;
        for (const found of file.text.matchAll(leftover.what)) {
          const message = `${found[0]} is banned, use ${leftover.use}`;
          yield { path: file.path, line: lineOf(file, found.index), message };
        }
      }
    }
  },
};

const lineOf = (file: TextFile, index: number) => file.text.slice(0, index).split('\n').length;
