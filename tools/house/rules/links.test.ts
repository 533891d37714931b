/** Tests of the links. */

import { describe, it } from 'node:test';
import { catches, spares } from '../house.testing.ts';
import { links } from './links.ts';

const THERE = {
  'docs/a.md': '# The Lamp, lit: `oil` & _wick_\n## Again\n## Again\n```\n# Not one\n```\n',
  'docs/b/c.ts': '',
};

describe('links', () => {
  for (const [from, text] of [
    ['README.md', '\n[a](docs/none.md)'],
    ['README.md', '\na [b] ![c](docs/c.ts "title")'],
    ['README.md', '\n[a]: ./docs/none.md'],
    ['docs/d.md', '\n[a](docs/a.md)'],
    ['docs/d.md', '\n[a](../../docs/a.md)'],
    ['README.md', '\n[a](docs/a.md#the-lamp)'],
    ['README.md', '\n[a](docs/a.md#not-one)'],
    ['README.md', '\n[a](docs/a.md#again-2)'],
    ['README.md', '\n[a](#nowhere)'],
  ] as const) {
    it(`forbid in ${from}:${JSON.stringify(text)}`, () => {
      catches(links, { ...THERE, [from]: text }, /^[\w/]+\.md:2 .* leads nowhere/);
    });
  }

  for (const [from, text] of [
    ['README.md', '[a](docs/a.md) [b](./docs/b/c.ts) [c](docs) [d](docs/b/)'],
    ['docs/d.md', '[a](a.md#the-lamp-lit-oil--_wick_) [b](a.md#again) [c](a.md#again-1)'],
    ['docs/b/d.md', '[a](../a.md)'],
    [
      'README.md',
      '# Here\n[a](#here) [b](https://example.com/none.md) [c](mailto:a@b) ![d](docs/d.png)',
    ],
    ['README.md', 'Not `[a](none.md)`, and not\n```\n[a](none.md)\n```\n'],
    ['docs/d.ts', '[a](none.md)'],
  ] as const) {
    it(`allow in ${from}: ${JSON.stringify(text)}`, () => {
      spares(links, { ...THERE, [from]: text });
    });
  }
});
