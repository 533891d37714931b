/**
 * The code sender port: who brings a verification code to a telephone.
 */

import type { CodeNotice, Services } from '../dialect.ts';
import type { Config } from './config.ts';

export interface CodeSender {
  /**
   * Takes it on, and returns at once, whatever becomes of it: a stranger who waited, or heard of a
   * fault, would know that the number is somebody's.
   */
  send(notice: CodeNotice): void;
}

/** Undefined when nobody brings codes: the log has them in a demo only. */
export function createCodeSender(
  { showCode }: Services,
  { code_sender }: Config,
): CodeSender | undefined {
  if (code_sender === 'none' || !showCode) return undefined;
  return { send: showCode };
}
