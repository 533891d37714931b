/**
 * `Accept-API-Version`: which version of a resource a request is served by (fact sheet 1.2).
 */

import { type AmError, amError } from './errors.ts';

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** In rising order. */
export type Versions = readonly [Version, ...Version[]];

export interface Negotiated {
  /** Of the resource. */
  readonly version: Version;
  readonly protocol: Version;
  /** False when the request left the choice to the server, which AM warns about. */
  readonly isAsked: boolean;
}

/** What serves a request that asks for no version. */
export type DefaultVersion = 'latest' | 'oldest' | 'none';

const PART = /^(protocol|resource)\s*=\s*(\d{1,4})(?:\.(\d{1,4}))?$/;

/** The newest protocol that is spoken. */
const PROTOCOL: Version = { major: 2, minor: 2 };

/** What AM takes a request for that names none. */
const PROTOCOL_UNASKED: Version = { major: 2, minor: 1 };

export function negotiate(
  header: string | undefined,
  served: Versions,
  unasked: DefaultVersion,
): Negotiated | AmError {
  const asked = new Map<string, Version>();
  for (const part of header === undefined ? [] : header.split(',')) {
    const [, what, major, minor] = PART.exec(part.trim()) ?? [];
    if (what === undefined || asked.has(what)) {
      return amError(400, `Version string is in an invalid format: ${header}`);
    }
    asked.set(what, { major: Number(major), minor: Number(minor ?? 0) });
  }
  const protocol = asked.get('protocol') ?? PROTOCOL_UNASKED;
  if (protocol.major > PROTOCOL.major) {
    return amError(400, `Unsupported major version: ${written(protocol)}`);
  }
  if (protocol.minor > PROTOCOL.minor) {
    return amError(400, `Unsupported minor version: ${written(protocol)}`);
  }
  const resource = asked.get('resource');
  const version = resource ? newest(served, resource) : chosen(served, unasked);
  if ('code' in version) return version;
  return { version, protocol, isAsked: resource !== undefined };
}

/** The same major, and no older: the newest of these. */
function newest(served: Versions, asked: Version): Version | AmError {
  const found = served.findLast(
    ({ major, minor }) => major === asked.major && minor >= asked.minor,
  );
  return (
    found ??
    amError(
      404,
      `Accept-API-Version: Requested version "${written(asked)}" does not match any routes.`,
    )
  );
}

function chosen(served: Versions, unasked: DefaultVersion): Version | AmError {
  if (unasked === 'none') {
    return amError(400, 'No requested version specified and behavior set to NONE.');
  }
  return (unasked === 'oldest' ? served[0] : served.at(-1)) ?? served[0];
}

/** Whether that protocol, or a newer one, is spoken. */
export function isAtLeast(version: Version, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}

export function written({ major, minor }: Version): string {
  return `${major}.${minor}`;
}
