/** Ambient inputs: the clock, randomness and the environment each come in by one door. */

import type { Token } from '../tokens.ts';
import type { CodeFile, Finding, Rule } from '../tree.ts';

interface Door {
  readonly use: string;
  /** The files that the ban is for. */
  readonly where: RegExp;
  /** The doors themselves. */
  readonly except: RegExp;
  readonly tests: 'too' | 'free';
  /** `a.b` for a member, `*.b` for one of anything, a plain word for a name behind no dot. */
  readonly names: readonly string[];
  /** Modules whose import is the same thing. */
  readonly modules: readonly string[];
}

const CLOCK_WORDS = [
  'Date.now',
  'performance.now',
  'performance.timeOrigin',
  'process.hrtime',
  'process.uptime',
  'AbortSignal.timeout',
  'setTimeout',
  'setInterval',
];

/** A name wherever it stands: these are no methods of anything else. */
const anywhere = (names: string) => names.split(' ').flatMap((name) => [name, `*.${name}`]);

const RANDOM_WORDS = [
  'Math.random',
  ...anywhere('randomBytes randomUUID randomInt randomFill randomFillSync getRandomValues'),
];

const KEY_WORDS = anywhere('generateKeyPair generateKeyPairSync generateKey generateKeySync');

const DOORS: readonly Door[] = [
  {
    use: 'the Clock of sessions/clock.ts',
    where: /^server\/(src|sim)\//,
    except: /^server\/(src\/sessions\/clock\.ts|src\/stores\/conformance\/.*|sim\/main\.ts)$/,
    tests: 'free',
    names: CLOCK_WORDS,
    modules: ['node:timers', 'node:timers/promises', 'node:perf_hooks'],
  },
  {
    use: 'the Random of sessions/random.ts',
    where: /^server\/src\//,
    except: /^server\/src\/(sessions\/random\.ts|stores\/conformance\/.*)$/,
    tests: 'free',
    names: RANDOM_WORDS,
    modules: [],
  },
  {
    use: 'a generator that the seed sets: same seed, same trace',
    where: /^server\/sim\//,
    except: /^$/,
    tests: 'too',
    names: RANDOM_WORDS,
    modules: [],
  },
  {
    use: 'the keyring: keys are made in keys/',
    where: /^server\/src\//,
    except: /^server\/src\/keys\//,
    tests: 'free',
    names: KEY_WORDS,
    modules: [],
  },
  {
    use: 'a setting of config/',
    where: /^(server\/src|client)\//,
    except: /^server\/src\/config\//,
    tests: 'free',
    names: ['process.env'],
    modules: [],
  },
  {
    use: 'plain values: the engine is synchronous',
    where: /^server\/src\/engine\//,
    except: /^$/,
    tests: 'free',
    names: ['async', 'await', 'Promise'],
    modules: [],
  },
];

export const ambient: Rule = {
  name: 'ambient',
  *check(tree) {
    for (const file of tree.code.values()) {
      for (const door of DOORS) {
        if (!door.where.test(file.path) || door.except.test(file.path)) continue;
        if (file.isTest && door.tests === 'free') continue;
        yield* checkDoor(file, door);
      }
    }
  },
};

function* checkDoor(file: CodeFile, door: Door): Iterable<Finding> {
  const find = (name: string, line: number) => ({
    path: file.path,
    line,
    message: `${name} is banned here, use ${door.use}`,
  });
  for (const found of file.imports) {
    if (door.modules.includes(found.specifier)) yield find(found.specifier, found.line);
    const member = found.words.find((word) => door.names.includes(`${inner(found)}.${word}`));
    if (member !== undefined && !door.names.includes(member)) yield find(member, found.line);
  }
  for (const [at, token] of file.code.entries()) {
    if (token.kind !== 'word') continue;
    const name = nameAt(file.code, at, token);
    if (door.names.includes(name)) yield find(name.replace('*.', ''), token.line);
    else if (door.names === CLOCK_WORDS && isNow(file.code, at))
      yield find('new Date()', token.line);
  }
}

/** `process` of `node:process`. */
const inner = ({ specifier }: { specifier: string }) => specifier.replace(/^node:/, '');

/** `*.b` behind a dot, `a.b` (also `a?.b` and `a['b']`) where a member begins, or the plain word. */
function nameAt(code: readonly Token[], at: number, token: Token): string {
  const before = code[at - 1]?.text;
  if ((before === '.' || before === '?.') && code[at - 2]?.text !== 'globalThis') {
    return `*.${token.text}`;
  }
  const [dot, member] = [code[at + 1], code[at + 2]];
  const isMember = dot?.text === '.' || dot?.text === '?.';
  const isIndex = dot?.text === '[' && member?.kind === 'string';
  return isMember || isIndex ? `${token.text}.${member?.text}` : token.text;
}

/** `new Date()`, `new Date` and `Date()`: the ones that ask what time it is. */
function isNow(code: readonly Token[], at: number): boolean {
  if (code[at]?.text !== 'Date' || code[at - 1]?.text === '.') return false;
  const isCalled = code[at + 1]?.text === '(';
  if (isCalled) return code[at + 2]?.text === ')';
  return code[at - 1]?.text === 'new';
}
