/**
 * Handles: what names a session to an administrator, and is no credential (fact sheet 3.5).
 *
 * It holds the session's own id, which is no secret: only an administrator can do something with it.
 */

import type { Session, SessionId } from '../../engine/session.ts';

const PATTERN = /^shandle:([0-9a-hjkmnp-tv-z]{16})$/;

export function handleOf({ id }: Session): string {
  return `shandle:${id}`;
}

/** Undefined for what no session can be called. */
export function readHandle(handle: string): SessionId | undefined {
  return PATTERN.exec(handle)?.[1];
}
