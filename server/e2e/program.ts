/**
 * The real program as a child process: started on a free port, waited for, stopped by its own id.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface Program {
  /** Scheme and authority, such as `http://127.0.0.1:40123`. */
  readonly base: string;
  /** Everything on standard error so far: the log. */
  log(): string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number>;
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>;
}

export interface StartOptions {
  readonly data: string;
  readonly config?: string;
  /** Beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** @throws Error with the program's own words when it is not ready within 20 s. */
export async function startProgram(options: StartOptions): Promise<Program> {
  const { data, config, environment } = options;
  const flags = ['--port', '0', '--data', data, ...(config ? ['--config', config] : [])];
  const child = spawn(process.execPath, [MAIN, 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const base = await ready(child, () => log);
  const exited = once(child, 'exit');
  return {
    base,
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      const [code] = await exited;
      return Number(code);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function ready(child: ChildProcess, log: () => string): Promise<string> {
  let out = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error(`not ready in 20 s\n${log()}`)), 20_000);
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    const line = /^ready (http:\/\/\S+)$/m.exec(out);
    if (line?.[1]) resolve(line[1]);
  });
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`exit ${code} before it was ready\n${log()}`)));
  try {
    return await promise;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
