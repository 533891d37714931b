/**
 * Realms in paths: every way in which AM's clients write the realm of a resource, and which realm a
 * request means.
 *
 * `/realms/root/realms/alpha`, `/realms/alpha`, `/alpha`, or nothing, which is the top realm; the
 * parameter `realm` wins over all of them. `root` is the top realm in any letter case.
 */

import type { Services, WireRequest } from './dialect.ts';

export interface RealmNames {
  readonly known: { has(name: string): boolean };
  /** What a path without a realm means; undefined for nothing. */
  readonly top: string | undefined;
}

/** Of a dialect that may name its top realm; one that does not has the only realm, if there is one. */
export function realmNames({
  services,
  config,
}: {
  readonly services: Pick<Services, 'sessions'>;
  readonly config: { readonly top_realm?: string | undefined };
}): RealmNames {
  const { realms } = services.sessions;
  const only = realms.size === 1 ? [...realms.keys()][0] : undefined;
  return { known: realms, top: config.top_realm ?? only };
}

export type RealmFault =
  /** A realm that there is not, in a path of the form `/realms/x`. */
  | { readonly fault: 'unknown_realm'; readonly name: string }
  /** As `/x/resource`: it may as well be a resource that there is not. */
  | { readonly fault: 'unknown_path' }
  | { readonly fault: 'invalid_parameter'; readonly value: string };

/** A realm that there is, or why there is none. */
export type RealmOutcome = { readonly realm: string } | RealmFault;

/** Deeper ones have no route: no realm here lies within another. */
const FORMS = ['/realms/:parent/realms/:realm', '/realms/:realm', '/:legacy', ''] as const;

/**
 * The route paths of a resource, one for each form.
 * @param prefix Such as `/am/json`.
 * @param resource With a slash first, such as `/sessions`.
 */
export function realmPaths(prefix: string, resource: string): readonly string[] {
  return FORMS.map((form) => prefix + form + resource);
}

/** The realm of a request that came in by one of `realmPaths`. */
export function readRealm({ params, query }: WireRequest, names: RealmNames): RealmOutcome {
  const value = query.get('realm')?.[0];
  if (value) return ofParameter(value, names);
  const { parent, realm, legacy } = params;
  if (legacy !== undefined) {
    return names.known.has(legacy) ? { realm: legacy } : { fault: 'unknown_path' };
  }
  return ofSegments(
    [parent, realm].filter((name) => name !== undefined),
    names,
  );
}

/**
 * What a path comes to that no route takes.
 * @param path Behind the prefix, percent-encoded.
 * @returns `rest`: the resource behind the realm, as it was written.
 */
export function splitRealmPath(
  path: string,
  names: RealmNames,
): { readonly rest: string } | RealmFault {
  const segments = path.split('/').filter((segment) => segment !== '');
  const realms: string[] = [];
  while (segments[0] === 'realms' && segments[1] !== undefined) {
    realms.push(decoded(segments[1]));
    segments.splice(0, 2);
  }
  const found = ofSegments(realms, names);
  if ('fault' in found && realms.length > 0) return found;
  if (realms.length === 0 && names.known.has(segments[0] ?? '')) segments.shift();
  return { rest: segments.join('/') };
}

function ofParameter(value: string, names: RealmNames): RealmOutcome {
  const name = value.replace(/^\//, '');
  if (names.known.has(name)) return { realm: name };
  if (names.top !== undefined && (name === '' || isRoot(name))) return { realm: names.top };
  return { fault: 'invalid_parameter', value };
}

/** Each within the one before it, the first within the top realm. */
function ofSegments(segments: readonly string[], { known, top }: RealmNames): RealmOutcome {
  let found: string | undefined;
  for (const name of segments) {
    if (found === undefined && isRoot(name)) continue;
    if (found !== undefined || !known.has(name)) return { fault: 'unknown_realm', name };
    found = name;
  }
  const realm = found ?? top;
  return realm === undefined ? { fault: 'unknown_realm', name: '/' } : { realm };
}

function isRoot(name: string): boolean {
  return name.toLowerCase() === 'root';
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
