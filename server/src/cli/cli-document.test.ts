/**
 * The page about the command shows what the commands print: each line behind a `$` is run, in order,
 * against one server. Ids and keys on the page stand for others; `...` is lines that it leaves out.
 */

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { GRANT, MINUTE, ROTATION } from '../sessions/sessions.testing.ts';
import { openStage, type Stage } from './cli.testing.ts';

const PAGE = new URL('../../../docs/operating/cli.md', import.meta.url);

const CONFIG = `realms: { alpha: {} }
dialects:
  zendesk:
    realm: alpha
    api_tokens:
      - token: a-secret-of-the-shop-5
        email: shop@example.com
`;
const MISTAKEN = 'listen: { prot: 80 }\nsweep: often\nrealms: { alpha: {} }\n';

const NEW_PASSWORD = 'a-lamp-for-nour-7';

interface Step {
  readonly command: string;
  readonly output: readonly string[];
}

function stepsOf(page: string): Step[] {
  const blocks = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.split(/^\$ /m).slice(1))
    .map((text) => {
      const [command = '', ...output] = text.trimEnd().split('\n');
      return { command, output };
    });
}

/** What the page tells of: two sign-ins of ada, and a copied token. */
async function setTheScene({ world, signIn }: Stage): Promise<void> {
  const { clock, services } = world;
  const { sessions } = services;
  const first = await signIn('ada');
  const spa = { ...GRANT, client: 'demo-spa', scope: ['edit'] };
  const binding = { kind: 'client', value: 'demo-web' } as const;
  const web = { ...GRANT, client: 'demo-web', scope: ['openid', 'edit'], binding };
  const stolen = await sessions.addGrant(first, spa, 'test');
  const honest = await sessions.addGrant(first, web, 'test');
  await sessions.addChild(first, { application: 'chatbot', facts: {} }, 'test');
  assert.ok('token' in stolen && 'token' in honest);
  const renew = { ...ROTATION, client: 'demo-spa' };
  clock.advance(4 * MINUTE);
  const second = await signIn('ada', 'zendesk');
  clock.advance(8 * MINUTE);
  const renewed = await sessions.rotate(stolen.token, renew);
  clock.advance(MINUTE);
  assert.ok('token' in renewed && 'token' in (await sessions.rotate(renewed.token, renew)));
  clock.advance(3 * MINUTE);
  assert.ok('refused' in (await sessions.rotate(stolen.token, renew)));
  clock.advance(3 * MINUTE);
  await sessions.rotate(honest.token, { ...ROTATION, client: 'demo-web', binding });
  clock.advance(3 * MINUTE);
  await sessions.touch(sessions.token(second, 'test'), 'alpha');
  clock.advance(2 * MINUTE);
}

/** Directories of the page, and where they are here. */
async function makeFiles(context: TestContext): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lamplighter-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const etc = path.join(folder, 'etc');
  await mkdir(etc);
  await writeFile(path.join(etc, 'lamplighter.yaml'), CONFIG);
  await writeFile(path.join(etc, 'mistaken.yaml'), MISTAKEN);
  return new Map([
    ['/etc/lamplighter', etc],
    ['/var/lib/lamplighter', path.join(folder, 'var')],
  ]);
}

/** A session's id, or a signing key's. */
const VARIABLE = /\b(?:[0-9a-hjkmnp-tv-z]{16}|[\w-]{43})(?![\w-])/g;

/** Finds the page's text in what was printed, and learns what its ids and keys stand for. */
function matchOutput(expected: readonly string[], actual: string, known: Map<string, string>) {
  const names: string[] = [];
  const lines = expected.map((line) => {
    if (line === '...') return '(?:.*\n)*?';
    const escaped = line.trimEnd().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const pattern = escaped.replace(VARIABLE, (name) => {
      names.push(name);
      return known.get(name) ?? `(${name.length === 16 ? '[0-9a-z]{16}' : '[\\w-]{43}'})`;
    });
    return `${pattern}\n`;
  });
  const found = new RegExp(`^${lines.join('')}$`).exec(actual);
  if (!found) assert.equal(actual, `${expected.join('\n')}\n`);
  const unknown = names.filter((name) => !known.has(name));
  for (const [at, name] of unknown.entries()) known.set(name, found?.[at + 1] ?? '');
}

test('docs/operating/cli.md shows what the commands print', async (context) => {
  const stage = await openStage(context);
  stage.secrets.add(NEW_PASSWORD).add('a-secret-of-the-shop-5');
  await setTheScene(stage);
  const places = await makeFiles(context);
  const known = new Map([['0000000000000000', '0000000000000000']]);
  const steps = stepsOf(await readFile(PAGE, 'utf8'));
  assert.ok(steps.length > 15);

  for (const { command, output } of steps) {
    const [line = '', piped] = command.split(' < ');
    const here = [...places].reduce((text, [from, to]) => text.replaceAll(from, to), line);
    const words = [...here.matchAll(/"([^"]*)"|(\S+)/g)]
      .map(([, quoted, plain]) => quoted ?? plain ?? '')
      .map((word) => known.get(word) ?? word);
    assert.equal(words[0], 'lamplighter');
    const answers = output.some((said) => said.includes('[y/N]'))
      ? ['y']
      : [NEW_PASSWORD, NEW_PASSWORD];
    const ran = await stage.run(words.slice(1), {
      ...(piped === undefined ? { typed: answers } : { stdin: NEW_PASSWORD }),
      environment: { LAMPLIGHTER_PASSWORD: stage.world.people.root.password },
    });
    const said = [...places]
      .reduce((text, [from, to]) => text.replaceAll(to, from), ran.err + ran.out)
      .replace(/[ \r]+$/gm, '');
    assert.equal(ran.code === 0, !output.join('\n').startsWith('lamplighter: '), command);
    matchOutput(output, said, known);
  }
});
