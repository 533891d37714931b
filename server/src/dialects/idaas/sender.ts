/**
 * The code sender port: who brings a verification code to a telephone.
 */

import type { CodeNotice, Services } from '../dialect.ts';
import type { Config } from './config.ts';

export interface CodeSender {
  /** @throws Error when it cannot be sent now. */
  send(notice: CodeNotice): Promise<void>;
}

/** Undefined when nobody brings codes: the log has them in a demo only. */
export function createCodeSender(
  { showCode }: Services,
  { code_sender }: Config,
): CodeSender | undefined {
  if (code_sender === 'none' || !showCode) return undefined;
  return { send: async (notice) => showCode(notice) };
}
