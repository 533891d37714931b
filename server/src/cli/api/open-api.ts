/** Owns requests to the native API of a server, and every way in which none is answered. */

import type { Clock } from '../../sessions/clock.ts';
import { Failure, UNREACHABLE } from '../failure.ts';
import { printable } from '../terminal/terminal.ts';
import { type Asker, type Problem, Refused } from './problems.ts';

const BASE = '/lamplighter/v1';

/** A server that takes longer than this for one answer is of no use to somebody who waits. */
const ANSWER_WITHIN_MS = 30_000;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Api {
  /**
   * What the server answered, of the shape that its OpenAPI document promises.
   * @param path Below `/lamplighter/v1`.
   * @throws Refused when the server says no, Failure when it says nothing.
   */
  send<Answer>(method: Method, path: string, body?: object): Promise<Answer>;
}

export interface ApiOptions {
  readonly asker: Asker;
  readonly clock: Clock;
  readonly token?: string;
  /** Gives up what is under way. */
  readonly signal?: AbortSignal;
}

export function openApi({ asker, clock, token, signal }: ApiOptions): Api {
  const { url } = asker;

  async function exchange(method: Method, path: string, body?: object) {
    const late = new AbortController();
    const done = new AbortController();
    void clock.sleep(ANSWER_WITHIN_MS, done.signal).then(() => late.abort());
    try {
      const answer = await fetch(`${url}${BASE}${path}`, {
        method,
        headers: {
          Accept: 'application/json',
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
          ...(body && { 'Content-Type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        // A password does not follow to wherever else the answer points.
        redirect: 'manual',
        signal: AbortSignal.any([late.signal, ...(signal ? [signal] : [])]),
      });
      return { status: answer.status, value: readJson(await answer.text()) };
    } catch (error) {
      signal?.throwIfAborted();
      throw new Failure(late.signal.aborted ? tooLate(url) : noAnswer(url, error), UNREACHABLE);
    } finally {
      done.abort();
    }
  }

  return {
    async send<Answer>(method: Method, path: string, body?: object) {
      const { status, value } = await exchange(method, path, body);
      const isObject = typeof value === 'object' && value !== null;
      if (isObject && status >= 200 && status < 300) return value as Answer;
      const problem = isObject ? problemOf(value) : undefined;
      if (problem) throw new Refused(problem, status, asker);
      throw new Failure(`${url} does not answer as Lamplighter does (status ${status})`);
    },
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemOf(value: object): Problem | undefined {
  const { type, title, detail } = value as Readonly<Record<string, unknown>>;
  const code = /^urn:lamplighter:problem:(\w+)$/.exec(String(type))?.[1];
  // What the host itself says is of no type.
  if (code === undefined && type !== 'about:blank') return undefined;
  return { code: code ?? '', title: textOf(title), detail: textOf(detail) };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

function tooLate(url: string): string {
  return `${url} did not answer within ${ANSWER_WITHIN_MS / 1000} s; try again, or look at its log`;
}

function noAnswer(url: string, error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ECONNREFUSED') {
    return (
      `no server listens at ${url}; start one with "lamplighter serve", ` +
      'or say where it is with --url'
    );
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `the host of ${url} is not known here; say where the server is with --url`;
  }
  const words = cause instanceof Error && cause.message !== '' ? cause.message : code;
  return `${url} cannot be reached (${printable(words)}); say where the server is with --url`;
}
