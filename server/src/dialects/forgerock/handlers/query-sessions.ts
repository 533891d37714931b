/**
 * `GET .../sessions?_queryFilter=`: an administrator's list of the sessions of a realm, or of one
 * person in it (fact sheet 3.5).
 */

import type { Inspected } from '../../../sessions/sessions.ts';
import { readRealm, realmNames } from '../../realm-paths.ts';
import { readAdministrator } from '../caller.ts';
import type { Context } from '../context.ts';
import { legacyResult, sessionResult } from '../encode-session.ts';
import { type AmError, amError, FORBIDDEN, isAmError, NOT_SUPPORTED } from '../errors.ts';
import { findSubject } from '../people.ts';
import type { Filter } from '../query-filter.ts';
import { readQuery } from '../query-parameters.ts';
import type { Call, Reply } from '../resource.ts';

export async function querySessions(context: Context, call: Call): Promise<Reply | AmError> {
  const query = readQuery(call.parameters);
  if (isAmError(query)) return query;
  const caller = await readAdministrator(context, call);
  if (isAmError(caller)) return caller;
  if (call.version.major === 1) return queryById(context, call, query.id);
  if (!query.filter) return amError(400, 'Query Filter must be specified in the request');
  return queryByFilter(context, call, query.filter);
}

async function queryByFilter(
  context: Context,
  call: Call,
  filter: Filter,
): Promise<Reply | AmError> {
  const sought = readSought(filter);
  if (isAmError(sought)) return sought;
  const { realms, usernames } = sought;
  const [realm = ''] = realms;
  if (realm.trim() === '') return amError(400, 'The query filter must specify the realm');
  // No session is in two realms, or is two people's.
  if (realms.size > 1 || usernames.size > 1) return results([]);
  const found = realmNamed(context, call, realm);
  if (found === undefined) return results([]);
  // The administrator of one realm is nobody in another.
  if (found !== call.realm) return FORBIDDEN;
  const [username] = usernames;
  const open = await findOpen(context, call.realm, username);
  return results(open.map(({ session }) => sessionResult(session)));
}

/** What is asked of each of the two fields that can be asked for. */
interface Sought {
  readonly realms: ReadonlySet<string>;
  readonly usernames: ReadonlySet<string>;
}

/** AM takes no more than `realm eq` and `username eq`, with `and` between them. */
function readSought(filter: Filter): Sought | AmError {
  const realms = new Set<string>();
  const usernames = new Set<string>();
  const wanted: ReadonlyMap<string, Set<string>> = new Map([
    ['realm', realms],
    ['username', usernames],
  ]);
  const pending: Filter[] = [filter];
  for (const one of pending) {
    if (one.op === 'and') {
      pending.push(...one.filters);
      continue;
    }
    if (one.op !== 'compare' || one.operator !== 'eq') return notSupported(operatorOf(one));
    const field = one.field.at(-1) ?? '';
    const values = wanted.get(field);
    if (!values) return notSupported(field);
    if (typeof one.value !== 'string')
      return amError(400, `The value of ${field} must be a string`);
    values.add(one.value);
  }
  return { realms, usernames };
}

function operatorOf(filter: Filter): string {
  if (filter.op === 'compare') return filter.operator;
  return filter.op === 'literal' ? `${filter.value}` : filter.op;
}

function notSupported(what: string): AmError {
  return amError(400, `${what} is not supported in query filter`);
}

function realmNamed(context: Context, { request }: Call, name: string): string | undefined {
  const query = new Map([['realm', [name]]]);
  const found = readRealm({ ...request, params: {}, query }, realmNames(context));
  return 'fault' in found ? undefined : found.realm;
}

/** The one server that a client sees: the load balancer's cookie names it too. */
const SERVER = '01';

/** Version 1: `all` sessions, those of a `server`, or the `list` of servers. */
async function queryById(
  context: Context,
  call: Call,
  id: string | undefined,
): Promise<Reply | AmError> {
  if (id === undefined) return NOT_SUPPORTED;
  if (id === 'list') return results([[SERVER]]);
  const server = id === 'server' ? call.parameters.get('serverid')?.[0] : id;
  if (id !== 'all' && server !== SERVER) return results([]);
  const open = await findOpen(context, call.realm, undefined);
  const now = context.services.clock.now();
  return results(open.map(({ session }) => legacyResult(session, now)));
}

/** As many as a query may find; of the whole realm, or of one person. */
async function findOpen(
  context: Context,
  realm: string,
  username: string | undefined,
): Promise<readonly Inspected[]> {
  const { services, config } = context;
  const subject = username === undefined ? null : await findSubject(context, realm, username);
  if (subject === undefined) return [];
  const { sessions } = await services.sessions.live(realm, subject, config.session_list_size);
  return sessions;
}

/** Pages are for other resources: AM asks for them, and does not turn these. */
function results(result: readonly unknown[]): Reply {
  return {
    body: {
      result,
      resultCount: result.length,
      pagedResultsCookie: null,
      totalPagedResultsPolicy: 'NONE',
      totalPagedResults: -1,
      remainingPagedResults: -1,
    },
  };
}
