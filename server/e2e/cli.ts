/**
 * The `lamplighter` command as a child process, signed in as the demo's administrator.
 */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ROOT } from './vendors.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runCli(base: string, words: readonly string[]): Promise<CliResult> {
  const env = {
    ...process.env,
    LAMPLIGHTER_URL: base,
    LAMPLIGHTER_USER: ROOT.username,
    LAMPLIGHTER_PASSWORD: ROOT.password,
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...words],
      { env, timeout: 20_000 },
      (error, stdout, stderr) => {
        const code = error ? Number(error.code ?? 1) : 0;
        resolve({ code, stdout, stderr });
      },
    );
  });
}
