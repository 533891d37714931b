/** What a command of `lamplighter` is, and what it is given. */

import type { Environment } from '../config/environment.ts';
import type { Config } from '../config/load.ts';
import type { OptionsSchema } from '../config/values.ts';
import type { Clock } from '../sessions/clock.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface Flag {
  readonly type: 'string' | 'boolean';
  /** What its value stands for, such as `PORT`. */
  readonly value?: string;
  readonly help: string;
}

export interface Command {
  /** One word or two, such as `sessions list`. */
  readonly name: string;
  /** A line of the help. */
  readonly summary: string;
  /** What comes behind the name, such as `SESSION_ID`; in brackets what may be left out. */
  readonly positionals: readonly string[];
  /** By name, without the dashes. */
  readonly flags: Readonly<Record<string, Flag>>;
  /** Lines for the help: the command as somebody may type it. */
  readonly examples?: readonly string[];
  /** Resolves to the exit code. @throws Failure with a message for whoever called. */
  run(call: Call): Promise<number>;
}

/** A command as it was called. */
export interface Call {
  readonly positionals: readonly string[];
  /** Values of the flags of type string that were given. */
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Names of the flags of type boolean that were given. */
  readonly switches: ReadonlySet<string>;
  readonly program: Program;
}

/** What main.ts hands to every command. */
export interface Program {
  readonly version: string;
  readonly environment: Environment;
  readonly dialectSchemas: Readonly<Record<string, OptionsSchema>>;
  /** Writes to standard output. */
  print(text: string): void;
  /** Where questions are asked. Default: the streams of this process. */
  readonly terminal?: Terminal;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Starts a server. @throws what its parts say, for `explain` in failure.ts. */
  start(config: Config): Promise<Server>;
}

export interface Server {
  readonly url: string;
  /** Why it cannot go on, should that happen. */
  fail(error: unknown): void;
  /** Finishes what is under way and lets go of everything. */
  close(): Promise<void>;
}
