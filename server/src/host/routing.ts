/** Whose a path is when no route takes a request, and which methods it has after all. */

import type { Dialect, Route } from '../dialects/dialect.ts';

export interface Routing {
  /** The dialect with the longest prefix of a path. */
  dialectOf(path: string): Dialect | undefined;
  /** The methods that a path has, as an Allow header lists them; empty for a path of nobody. */
  methodsOf(path: string): string;
}

export function createRouting(dialects: readonly Dialect[], routes: readonly Route[]): Routing {
  const prefixes = dialects
    .flatMap((dialect) => dialect.prefixes.map((prefix) => ({ dialect, prefix })))
    .map(({ dialect, prefix }) => ({ dialect, pattern: prefixPattern(prefix), prefix }))
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
  const patterns = routes.map(({ method, path }) => ({ method, pattern: routePattern(path) }));

  return {
    dialectOf: (path) => prefixes.find(({ pattern }) => pattern.test(path))?.dialect,
    methodsOf(path) {
      const found = patterns.filter(({ pattern }) => pattern.test(path));
      const methods = found.flatMap(({ method }) =>
        method === 'GET' ? [method, 'HEAD'] : [method],
      );
      return [...new Set(methods)].join(', ');
    },
  };
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
