/**
 * `Accept-API-Version`: which version of a resource a request is served by (fact sheet 1.2).
 */

import { type AmError, amError } from './errors.ts';

export interface Version {
  readonly major: number;
  readonly minor: number;
}

export interface Negotiated {
  readonly version: Version;
  /** False when the request left the choice to the server, which AM warns about. */
  readonly isAsked: boolean;
}

const PART = /^(protocol|resource)\s*=\s*(\d{1,4})(?:\.(\d{1,4}))?$/;

/** The newest protocol that is spoken. */
const PROTOCOL: Version = { major: 2, minor: 2 };

/** @param served In rising order. */
export function negotiate(
  header: string | undefined,
  served: readonly [Version, ...Version[]],
): Negotiated | AmError {
  const asked = new Map<string, Version>();
  for (const part of header === undefined ? [] : header.split(',')) {
    const [, what, major, minor] = PART.exec(part.trim()) ?? [];
    if (what === undefined || asked.has(what)) {
      return amError(400, `Version string is in an invalid format: ${header}`);
    }
    asked.set(what, { major: Number(major), minor: Number(minor ?? 0) });
  }
  const protocol = asked.get('protocol') ?? PROTOCOL;
  if (protocol.major > PROTOCOL.major) {
    return amError(400, `Unsupported major version: ${written(protocol)}`);
  }
  if (protocol.minor > PROTOCOL.minor) {
    return amError(400, `Unsupported minor version: ${written(protocol)}`);
  }
  return choose(asked.get('resource'), served);
}

function choose(
  asked: Version | undefined,
  served: readonly [Version, ...Version[]],
): Negotiated | AmError {
  const version = asked ? served.findLast((one) => serves(one, asked)) : served.at(-1);
  if (version) return { version, isAsked: asked !== undefined };
  const text = asked ? written(asked) : '';
  return amError(404, `Accept-API-Version: Requested version "${text}" does not match any routes.`);
}

function serves(version: Version, asked: Version): boolean {
  return version.major === asked.major && version.minor >= asked.minor;
}

export function written({ major, minor }: Version): string {
  return `${major}.${minor}`;
}
