/** Owns questions: one line each, hidden where the answer is a secret. */

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Failure, INTERRUPTED, MISUSED } from '../failure.ts';
import type { Terminal } from './terminal.ts';

export interface Prompt extends Disposable {
  /** Whether somebody is there to ask. */
  readonly isPossible: boolean;
  /** An answer that is not shown. @throws Failure when there is none. */
  secret(question: string): Promise<string>;
  /** Whether the answer was yes; anything else is no. */
  confirm(question: string): Promise<boolean>;
}

/** Questions go to standard error: standard output belongs to what the command has to say. */
export function openPrompt({ stdin, stderr }: Terminal): Prompt {
  let asking: ReturnType<typeof openLines> | undefined;

  async function ask(question: string, isHidden: boolean): Promise<string> {
    asking ??= openLines({ stdin, stderr });
    asking.echo.isHidden = isHidden;
    stderr.write(question);
    const line = await asking.next();
    if (isHidden || line === undefined) stderr.write('\n');
    if (line === undefined) throw new Failure('no answer was given', MISUSED);
    return line;
  }

  return {
    isPossible: stdin.isTTY === true,
    secret: (question) => ask(question, true),
    confirm: async (question) => /^\s*y(es)?\s*$/i.test(await ask(`${question} [y/N] `, false)),
    [Symbol.dispose]: () => asking?.close(),
  };
}

/** One reader for all questions: a second one would lose what was typed ahead. */
function openLines({ stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>) {
  const echo = { isHidden: true };
  const output = new Writable({
    write(chunk, _, done) {
      if (!echo.isHidden) stderr.write(chunk);
      done();
    },
  });
  const reader = createInterface({ input: stdin, output, terminal: true, historySize: 0 });
  const lines = reader[Symbol.asyncIterator]();
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  interrupted.catch(() => undefined);
  reader.on('SIGINT', () => {
    stderr.write('\n');
    reject(new Failure('interrupted', INTERRUPTED));
  });
  return {
    echo,
    /** Undefined at the end of input. */
    async next(): Promise<string | undefined> {
      const { done, value } = await Promise.race([lines.next(), interrupted]);
      return done ? undefined : value;
    },
    close: () => reader.close(),
  };
}
