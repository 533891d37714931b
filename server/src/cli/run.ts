/** Runs a command line from end to end: what it says, and the exit code. */

import { parseArguments } from './arguments.ts';
import type { Command, Program } from './command.ts';
import { explain } from './failure.ts';

/** Resolves to the exit code; what went wrong has been said on standard error. */
export async function run(
  argv: readonly string[],
  commands: readonly Command[],
  program: Program,
): Promise<number> {
  try {
    const parsed = parseArguments(argv, commands);
    if (parsed.asks === 'run') return await parsed.command.run({ ...parsed.call, program });
    program.print(parsed.asks === 'help' ? parsed.text : `${program.version}\n`);
    return 0;
  } catch (error) {
    const { message, code } = explain(error);
    process.stderr.write(`lamplighter: ${message}\n`);
    return code;
  }
}
