/**
 * What is kept of a child session beside the pair: what it belongs to, what it was opened with, and
 * the messages that were left in it.
 */

import { hash } from 'node:crypto';
import type { Child, Facts, Slot } from '../../engine/session.ts';

export interface Message {
  readonly en: string;
  readonly ar: string;
}

/** What a child session is opened with. */
export interface ChildDraft {
  /** Of the pair that it is opened with. */
  readonly parent: Slot;
  /** A JSON object: the application's own, which goes into its JWTs. */
  readonly iidParams: object;
  /** Undefined for that of the external system. */
  readonly authorityType: string | undefined;
}

const MESSAGES = 'messages/';

export function draftFacts({ parent, iidParams, authorityType }: ChildDraft): Facts {
  return {
    parent: String(parent),
    iidParams: JSON.stringify(iidParams),
    ...(authorityType === undefined ? {} : { authorityType }),
  };
}

/**
 * One fact for each call, under a name of its own, so that two at once both stay.
 * @param call What tells calls apart: the same messages of the same call are kept once.
 */
export function messageFacts(messages: readonly Message[], call: string): Facts {
  if (messages.length === 0) return {};
  const text = JSON.stringify(messages);
  return { [MESSAGES + hash('sha256', JSON.stringify([call, text]), 'base64url')]: text };
}

/** Takes away all but whose child it is, which tells it from a pair of the portal's. */
export function forgottenFacts({ facts }: Child): Readonly<Record<string, null>> {
  const names = Object.keys(facts).filter((name) => name !== 'parent');
  return Object.fromEntries(names.map((name) => [name, null]));
}

/** The slot of the pair that a child was opened with; undefined for a pair of the portal's. */
export function parentOf({ facts }: Child): Slot | undefined {
  return facts.parent === undefined ? undefined : Number(facts.parent);
}

export function iidParamsOf({ facts }: Child): unknown {
  return JSON.parse(facts.iidParams ?? '{}');
}

export function authorityTypeOf({ facts }: Child): string | undefined {
  return facts.authorityType;
}

/** In the order in which they were added, which is the order of their facts. */
export function messagesOf({ facts }: Child): Message[] {
  return Object.entries(facts)
    .filter(([name]) => name.startsWith(MESSAGES))
    .flatMap(([, text]) => JSON.parse(text));
}
