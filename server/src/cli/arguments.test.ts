/** The command line: what is read, what is asked back, and what is refused with a hint. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { Failure } from './failure.ts';

const command = (name: string, more: Partial<Command> = {}): Command => ({
  name,
  summary: `Does ${name}.`,
  positionals: [],
  flags: {},
  run: async () => 0,
  ...more,
});

const COMMANDS = [
  command('serve', {
    flags: {
      port: { type: 'string', value: 'N', help: 'The port.' },
      quick: { type: 'boolean', help: 'Quickly.' },
    },
  }),
  command('why', { positionals: ['SESSION_ID'] }),
  command('sessions list'),
  command('sessions end', {
    positionals: ['[SESSION_ID]'],
    examples: ['lamplighter sessions end x'],
  }),
];

const parse = (line: string) =>
  parseArguments(
    line.split(' ').filter((word) => word !== ''),
    COMMANDS,
  );

function called(line: string) {
  const parsed = parse(line);
  assert.equal(parsed.asks, 'run');
  return parsed.asks === 'run' ? { name: parsed.command.name, ...parsed.call } : assert.fail();
}

function refusal(line: string): string {
  try {
    parse(line);
  } catch (error) {
    assert.ok(error instanceof Failure);
    assert.equal(error.code, 2);
    return error.message;
  }
  return assert.fail(`"${line}" was taken`);
}

describe('a command', () => {
  test('with flags, in both spellings, and what stands behind it', () => {
    assert.deepEqual(called('serve --port 80 --quick'), {
      name: 'serve',
      values: { port: '80' },
      switches: new Set(['quick']),
      positionals: [],
    });
    assert.deepEqual(called('serve --port=-1').values, { port: '-1' });
    assert.deepEqual(called('why abc').positionals, ['abc']);
    assert.deepEqual(called('why -- --abc').positionals, ['--abc']);
  });

  test('of two words', () => {
    assert.equal(called('sessions list').name, 'sessions list');
    assert.deepEqual(called('sessions end x').positionals, ['x']);
    assert.deepEqual(
      called('sessions end').positionals,
      [],
      'what stands in brackets may be left out',
    );
  });
});

describe('help and version', () => {
  test('of the program and of a command', () => {
    for (const line of ['--help', 'serve --help', 'why --help']) {
      const parsed = parse(line);
      assert.equal(parsed.asks, 'help');
    }
    assert.match(JSON.stringify(parse('--help')), /serve +Does serve\..*sessions list/);
    assert.match(JSON.stringify(parse('serve --help')), /--port N +The port\..*Exit codes: 0 done/);
    assert.match(
      JSON.stringify(parse('sessions end --help')),
      /Such as:.*lamplighter sessions end x/,
    );
    assert.deepEqual(parse('--version'), { asks: 'version' });
  });
});

describe('what is wrong', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /^a command is needed\n\nlamplighter COMMAND/],
    ['srve', /^unknown command "srve", did you mean serve\?$/],
    ['sesions list', /^unknown command "sesions", did you mean sessions\?$/],
    ['xyzzy', /^unknown command "xyzzy"; see lamplighter --help$/],
    ['sessions', /^sessions needs one of: list, end$/],
    ['sessions lst', /^unknown command "sessions lst"; sessions needs one of: list, end$/],
    ['serve --prot 1', /^unknown flag --prot, did you mean --port\?$/],
    ['serve -p 1', /^unknown flag -p; see lamplighter --help$/],
    ['serve --__proto__ 1', /^unknown flag --__proto__/],
    ['serve --port', /^--port needs a value: --port N$/],
    ['serve --port --quick', /^--port needs a value: --port N$/],
    ['serve --quick=yes', /^--quick takes no value$/],
    ['serve now', /^serve takes no argument, and was given more$/],
    ['why', /^why needs SESSION_ID$/],
    ['why a b', /^why takes SESSION_ID, and was given more$/],
    ['--halp', /^unknown flag --halp, did you mean --help\?$/],
  ];
  for (const [line, expected] of cases) {
    test(line || 'nothing at all', () => assert.match(refusal(line), expected));
  }
});
