/**
 * Whose a request is, by method, path and host; and what a path that no route takes has after all.
 */

import type { Dialect, Rejection, Route } from '../dialects/dialect.ts';
import type { Target } from './answering.ts';
import type { Client } from './client.ts';

/** A route, and the dialect that has it; undefined for the host's own. */
export interface Mounted {
  readonly route: Route;
  readonly dialect: Dialect | undefined;
}

/** A method and a path with a route, or with one for each of several hosts. */
export interface Place extends Pick<Route, 'method' | 'path'> {
  /** Undefined when nobody has it at the host that the client used. */
  readonly targetFor: (client: Client) => Target | undefined;
}

export interface Routing {
  readonly places: readonly Place[];
  /**
   * Of the dialect with the longest prefix of a path at the client's host.
   * @param rejection What is wrong; unless told, that there is no such path, or no such method.
   */
  nowhere(path: string, client: Client, rejection?: Rejection): Target;
}

/** In place of a host's name: all that nobody names. */
const ANY = '';

/** @throws Error when two dialects have the same method and path at the same host. */
export function createRouting(dialects: readonly Dialect[], mounted: readonly Mounted[]): Routing {
  const places = placesOf(mounted);
  const patterns = places.map((place) => ({ ...place, pattern: routePattern(place.path) }));
  const prefixes = prefixesOf(dialects);

  function dialectOf(path: string, client: Client): Dialect | undefined {
    for (const { pattern, choose } of prefixes) {
      const owner = pattern.test(path) ? choose(client) : undefined;
      if (owner) return owner.dialect;
    }
    return undefined;
  }

  /** As an Allow header lists them; empty for a path of nobody. */
  function methodsOf(path: string, client: Client): string {
    const found = patterns.filter((each) => each.pattern.test(path) && each.targetFor(client));
    const methods = found.flatMap(({ method }) => (method === 'GET' ? [method, 'HEAD'] : [method]));
    return [...new Set(methods)].join(', ');
  }

  return {
    places,
    nowhere(path, client, rejection) {
      const allow = rejection ? '' : methodsOf(path, client);
      const why = rejection ?? (allow === '' ? 'no_such_path' : 'method_not_allowed');
      return { dialect: dialectOf(path, client), route: undefined, rejection: why, allow };
    },
  };
}

function placesOf(mounted: readonly Mounted[]): Place[] {
  const targets = mounted.map((each) => ({ ...each, rejection: undefined, allow: undefined }));
  const groups = Map.groupBy(targets, ({ route: { method, path } }) => `${method} ${path}`);
  return [...groups].flatMap(([name, group]) => {
    const hosts = group.flatMap(({ dialect }) => hostsOf(dialect));
    if (new Set(hosts).size < hosts.length) throw new Error(`${name} has two routes at one host`);
    const targetFor = chooser(group);
    return group.slice(0, 1).map(({ route: { method, path } }) => ({ method, path, targetFor }));
  });
}

/** The longest first. */
function prefixesOf(dialects: readonly Dialect[]) {
  const owners = dialects.flatMap((dialect) =>
    dialect.prefixes.map((prefix) => ({ dialect, prefix })),
  );
  return [...Map.groupBy(owners, ({ prefix }) => prefix)]
    .map(([prefix, group]) => ({ prefix, pattern: prefixPattern(prefix), choose: chooser(group) }))
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
}

/** Chooses what names the client's host; else what answers at any. Of two, the first counts. */
function chooser<Owned extends { readonly dialect: Dialect | undefined }>(
  group: readonly Owned[],
): (client: Client) => Owned | undefined {
  const byHost = new Map<string, Owned>();
  for (const each of group) {
    for (const host of hostsOf(each.dialect)) {
      if (!byHost.has(host)) byHost.set(host, each);
    }
  }
  const other = byHost.get(ANY);
  // Most servers: no request is looked at.
  if (byHost.size === 1 && other) return () => other;
  return ({ origin = '' }) => byHost.get(hostOf(origin)) ?? other;
}

function hostsOf(dialect: Dialect | undefined): readonly string[] {
  return dialect && dialect.hosts.length > 0 ? dialect.hosts : [ANY];
}

/** Without the port, nor the dot of a name's root. */
function hostOf(origin: string): string {
  return origin
    .replace(/^https?:\/\//, '')
    .replace(/\.?(?::\d+)?$/, '')
    .toLowerCase();
}

/** Whole segments; what follows a dot is the format of a resource, such as `.json`. */
function prefixPattern(prefix: string): RegExp {
  return new RegExp(`^${escaped(prefix.replace(/\/$/, ''))}(?:[/.]|$)`);
}

function routePattern(path: string): RegExp {
  const segments = path.split(/(:[A-Za-z0-9_]+)/);
  const source = segments.map((part) => (part.startsWith(':') ? '[^/]+?' : escaped(part)));
  return new RegExp(`^${source.join('')}/?$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
