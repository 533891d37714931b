/** Reads the command line: which command, with what; or help; or what is wrong with it. */

import { parseArgs } from 'node:util';
import { nearest } from '../config/nearest.ts';
import type { Call, Command, Flag } from './command.ts';
import { Failure, MISUSED } from './failure.ts';

const HELP: Flag = { type: 'boolean', help: 'Say how to use it.' };
const VERSION: Flag = { type: 'boolean', help: 'Say which version this is.' };

const EXIT_CODES =
  'Exit codes: 0 done, 1 refused or failed, 2 not understood, 69 no server, 130 interrupted.';

export type Parsed =
  | { readonly asks: 'help'; readonly text: string }
  | { readonly asks: 'version' }
  | { readonly asks: 'run'; readonly command: Command; readonly call: Omit<Call, 'program'> };

/** @throws Failure, exit code 2, with what is wrong and how it may have been meant. */
export function parseArguments(argv: readonly string[], commands: readonly Command[]): Parsed {
  const [first, second] = argv;
  if (first === undefined || first.startsWith('-')) return parseBare(argv, commands);
  const command =
    commands.find(({ name }) => name === `${first} ${second}`) ??
    commands.find(({ name }) => name === first);
  if (!command) throw unknownCommand(argv, commands);

  const rest = argv.slice(command.name.split(' ').length);
  const { values, switches, positionals } = readFlags(rest, { ...command.flags, help: HELP });
  if (switches.has('help')) return { asks: 'help', text: commandHelp(command) };
  checkPositionals(command, positionals);
  return { asks: 'run', command, call: { values, switches, positionals } };
}

function parseBare(argv: readonly string[], commands: readonly Command[]): Parsed {
  const { switches } = readFlags(argv, { help: HELP, version: VERSION });
  if (switches.has('version')) return { asks: 'version' };
  if (switches.has('help')) return { asks: 'help', text: programHelp(commands) };
  throw new Failure(`a command is needed\n\n${programHelp(commands)}`, MISUSED);
}

function readFlags(args: readonly string[], flags: Readonly<Record<string, Flag>>) {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type }]) => [name, { type }]),
  );
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string> = {};
  const switches = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (!flag) throw unknownFlag(rawName, Object.keys(flags));
    if (flag.type === 'boolean') {
      if (value !== undefined) throw new Failure(`${rawName} takes no value`, MISUSED);
      switches.add(name);
    } else if (value === undefined || (!inlineValue && value.startsWith('--'))) {
      throw new Failure(`${rawName} needs a value: ${rawName} ${flag.value}`, MISUSED);
    } else {
      values[name] = value;
    }
  }
  return { values, switches, positionals };
}

/** What was given is not repeated: it may be a password. */
function checkPositionals({ name, positionals }: Command, given: readonly string[]): void {
  const missing = positionals.slice(given.length).find((word) => !word.startsWith('['));
  if (missing !== undefined) throw new Failure(`${name} needs ${missing}`, MISUSED);
  if (given.length > positionals.length) {
    const words = positionals.length === 0 ? 'no argument' : positionals.join(' ');
    throw new Failure(`${name} takes ${words}, and was given more`, MISUSED);
  }
}

function unknownFlag(rawName: string, known: readonly string[]): Failure {
  const meant = nearest(rawName.replace(/^-+/, ''), known);
  return new Failure(`unknown flag ${rawName}${hint(meant && `--${meant}`)}`, MISUSED);
}

function unknownCommand(argv: readonly string[], commands: readonly Command[]): Failure {
  const [first = '', second = ''] = argv;
  const names = commands.map(({ name }) => name);
  const group = names.filter((name) => name.startsWith(`${first} `));
  if (group.length > 0) {
    const words = group.map((name) => name.slice(first.length + 1));
    const said =
      second === '' || second.startsWith('-') ? '' : `unknown command "${first} ${second}"; `;
    return new Failure(`${said}${first} needs one of: ${words.join(', ')}`, MISUSED);
  }
  const meant = nearest(first, [...names, ...names.map((name) => name.split(' ')[0] ?? '')]);
  return new Failure(`unknown command "${first}"${hint(meant)}`, MISUSED);
}

function hint(meant: string | undefined): string {
  return meant === undefined ? '; see lamplighter --help' : `, did you mean ${meant}?`;
}

function programHelp(commands: readonly Command[]): string {
  const lines = commands.map(({ name, summary }) => [name, summary] as const);
  return [
    'lamplighter COMMAND [FLAGS]',
    '',
    ...columns(lines),
    '',
    ...columns(flagLines({ help: HELP, version: VERSION })),
    '',
    'lamplighter COMMAND --help says more of one.',
    EXIT_CODES,
    '',
  ].join('\n');
}

function commandHelp({ name, summary, positionals, flags, examples = [] }: Command): string {
  return [
    ['lamplighter', name, ...positionals, '[FLAGS]'].join(' '),
    '',
    summary,
    '',
    ...columns(flagLines({ ...flags, help: HELP })),
    ...(examples.length > 0 ? ['', 'Such as:', ...examples.map((line) => `  ${line}`)] : []),
    '',
    EXIT_CODES,
    '',
  ].join('\n');
}

function flagLines(flags: Readonly<Record<string, Flag>>) {
  return Object.entries(flags).map(([name, { value, help }]) => {
    return [`--${name}${value === undefined ? '' : ` ${value}`}`, help] as const;
  });
}

function columns(lines: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...lines.map(([left]) => left.length));
  return lines.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
