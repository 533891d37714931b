/**
 * Journeys: which one a request asks for, and the callbacks in which its pages ask and are answered
 * (fact sheet 2.1, 2.3).
 */

import { isObject } from '../answers.ts';
import type { WireRequest } from '../dialect.ts';
import type { Config, Journey, Page } from './config.ts';
import { readHeader } from './decode.ts';
import { type AmError, amError } from './errors.ts';

type Callback = Page['callbacks'][number];

/** What the callbacks of a page were filled with. */
export type Answers = Readonly<Partial<Record<Callback, string>>>;

const CALLBACKS = {
  username: { type: 'NameCallback', prompt: 'User Name', header: 'X-OpenAM-Username' },
  password: { type: 'PasswordCallback', prompt: 'Password', header: 'X-OpenAM-Password' },
} as const satisfies Record<Callback, object>;

/** What AM knows beside services, none of which is configured here. */
const OTHER_INDEX_TYPES = [
  'module',
  'level',
  'role',
  'user',
  'resource',
  'composite_advice',
  'transaction',
];

const NO_CONFIGURATION = amError(400, 'No Configuration found');

/** @returns The journey's name. */
export function chooseJourney(
  config: Config,
  indexType: string | undefined,
  indexValue: string | undefined,
): string | AmError {
  if (indexType === undefined) return defaultJourney(config);
  const type = indexType.toLowerCase();
  if (type === 'service') {
    return journeyOf(config, indexValue ?? '') ? (indexValue ?? '') : NO_CONFIGURATION;
  }
  if (OTHER_INDEX_TYPES.includes(type)) return NO_CONFIGURATION;
  return amError(400, `Unknown Authentication Index Type, ${indexType}`);
}

export function journeyOf({ journeys }: Config, name: string): Journey | undefined {
  return Object.hasOwn(journeys, name) ? journeys[name] : undefined;
}

function defaultJourney({ journeys, default_journey }: Config): string {
  if (default_journey !== undefined) return default_journey;
  return Object.hasOwn(journeys, 'Login') ? 'Login' : (Object.keys(journeys)[0] ?? '');
}

/** What a client shows to whoever signs in. */
export function pageBody(authId: string, { callbacks, stage, header, description }: Page) {
  return {
    authId,
    callbacks: callbacks.map((callback, at) => ({
      type: CALLBACKS[callback].type,
      output: [{ name: 'prompt', value: CALLBACKS[callback].prompt }],
      input: [{ name: inputName(at), value: '' }],
      _id: at,
    })),
    ...(stage !== undefined && { stage }),
    ...(header !== undefined && { header }),
    ...(description !== undefined && { description }),
  };
}

/** @param sent The `callbacks` of a body, in the order in which they were asked. */
export function readAnswers({ callbacks }: Page, sent: unknown): Answers | AmError {
  if (!Array.isArray(sent) || sent.length !== callbacks.length) {
    return amError(400, 'Incorrect number of callbacks found in JSON response');
  }
  const answers = new Map<string, string>();
  for (const [at, callback] of callbacks.entries()) {
    const value = readAnswer(sent[at], CALLBACKS[callback].type);
    if (value === undefined) {
      return amError(400, 'Required callback not found in JSON response');
    }
    answers.set(callback, value);
  }
  return Object.fromEntries(answers);
}

function readAnswer(sent: unknown, type: string): string | undefined {
  if (!isObject(sent) || sent.type !== type || !Array.isArray(sent.input)) return undefined;
  const input: unknown = sent.input[0];
  const value = isObject(input) ? (input.value ?? '') : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The answers of two headers; undefined unless they fill the whole page. */
export function headerAnswers({ callbacks }: Page, request: WireRequest): Answers | undefined {
  const answers = new Map<string, string>();
  for (const callback of callbacks) {
    const value = readHeader(request, CALLBACKS[callback].header);
    if (!value) return undefined;
    answers.set(callback, value);
  }
  return Object.fromEntries(answers);
}

function inputName(at: number): string {
  return `IDToken${at + 1}`;
}
