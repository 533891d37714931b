/** Owns the story of a session as `why` tells it: one screen, 80 columns. */

import type {
  ChildFacts,
  EndFacts,
  GrantFacts,
  NoteFacts,
  NoticeFacts,
  WhyFacts,
} from './api/shapes.ts';
import { noteOf, sentenceOf } from './reasons.ts';
import type { Paint } from './terminal/paint.ts';
import { table } from './terminal/table.ts';
import { relative, relativeAndMoment, span } from './terminal/times.ts';

/** Beyond these the screen would not hold them; `--json` does. */
const PARTS_SHOWN = 3;
const NOTES_SHOWN = 6;
const SCOPES_SHOWN = 6;

/** Clocks of two machines may be that far apart, and nobody needs to know. */
const CLOCKS_DIFFER_MS = 5000;
const CLOCK_AHEAD = "That is still to come by this machine's clock: one of the two was wrong.";

/** @param now Milliseconds since 1970. */
export function whyStory(facts: WhyFacts, now: number, paint: Paint): string {
  const { id, realm, alive, end, grants, children, notices = [], history } = facts;
  const state = alive ? paint('good', 'alive') : paint('bad', 'ended');
  const signIn = { end, now };
  const blocks = [
    [`Session ${id} in realm ${realm}: ${state}`],
    lifeOf(facts, now),
    section('Applications', newestFirst(grants), PARTS_SHOWN, paint, (shown) =>
      table(
        shown.map((grant) => [grant.client, grantStory(grant, signIn)]),
        2,
      ),
    ),
    section('Embedded applications', newestFirst(children), PARTS_SHOWN, paint, (shown) =>
      table(
        shown.map((child) => [child.application, childStory(child, signIn)]),
        2,
      ),
    ),
    section('Told of the end', worstFirst(notices), PARTS_SHOWN, paint, (shown) =>
      table(
        shown.map((notice) => [notice.client, noticeStory(notice, signIn)]),
        2,
      ),
    ),
    section('History', history.toReversed(), NOTES_SHOWN, paint, (shown) =>
      table(
        shown.map((note) => noteRow(note, now)),
        2,
      ),
    ),
  ];
  const lines = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `${lines.join('\n\n')}\n`;
}

interface SignIn {
  readonly end: EndFacts | null;
  readonly now: number;
}

function lifeOf(facts: WhyFacts, now: number): string[] {
  const { subject, origin, created_at, last_access_at, ends_at, end, will_end } = facts;
  const past = [
    `${subject} signed in through ${origin} ${relativeAndMoment(created_at, now)}.`,
    `Last seen ${relativeAndMoment(last_access_at, now)}.`,
  ];
  if (end) {
    const ended = `It ended ${relativeAndMoment(end.at, now)}, by ${end.by}: ${end.reason}.`;
    const clocks = Date.parse(end.at) > now + CLOCKS_DIFFER_MS ? [CLOCK_AHEAD] : [];
    return [...past, ended, sentenceOf(end), ...clocks];
  }
  const latest = relativeAndMoment(ends_at, now);
  if (will_end?.reason === 'idle_timeout') {
    const next = relativeAndMoment(will_end.at, now);
    return [
      ...past,
      `It will end ${next} unless it is used before,`,
      `and ${latest} at the latest.`,
    ];
  }
  const life = span(Date.parse(ends_at) - Date.parse(created_at));
  return [...past, `It will end ${latest}, used or not:`, `its longest possible life is ${life}.`];
}

const BINDINGS: Readonly<Record<string, string>> = {
  client: 'client-bound',
  device: 'device-bound',
  dpop: 'DPoP-bound',
  mtls: 'certificate-bound',
};

function grantStory(grant: GrantFacts, signIn: SignIn): string {
  const { scope, binding, offline, generation, created_at, renewed_at, ends_at, end } = grant;
  const { now } = signIn;
  const times = generation === 2 ? 'once' : `${generation - 1} times, last`;
  const story = [
    shortened(scope),
    BINDINGS[binding] ?? '',
    `opened ${relative(created_at, now)}`,
    generation > 1 ? `renewed ${times} ${relative(renewed_at, now)}` : '',
  ];
  if (!end && offline) {
    const isOver = Date.parse(ends_at) <= now;
    story.push(`${isOver ? 'ended' : 'ends'} ${relative(ends_at, now)}, whatever the sign-in does`);
  }
  return withEnd(story, end, signIn);
}

function shortened(scope: readonly string[]): string {
  const more = scope.length - SCOPES_SHOWN;
  const rest = more > 1 ? ` and ${more} more` : '';
  return `${scope.slice(0, rest === '' ? scope.length : SCOPES_SHOWN).join(' ')}${rest}`;
}

function childStory({ created_at, end }: ChildFacts, signIn: SignIn): string {
  return withEnd([`opened ${relative(created_at, signIn.now)}`], end, signIn);
}

/** What ended with the sign-in needs no more words: its end is told above. */
function withEnd(story: readonly string[], end: EndFacts | null, signIn: SignIn): string {
  const told = story.filter((part) => part !== '').join(', ');
  if (!end) return told;
  if (end.at === signIn.end?.at && end.reason === signIn.end.reason) {
    return `${told}, ended with the sign-in`;
  }
  const ended = `ended ${relative(end.at, signIn.now)}, by ${end.by}: ${end.reason}`;
  return [told, ended, sentenceOf(end)].join('\n');
}

/** Whether an application has heard that it is over: who has not may still let the person in. */
function noticeStory(notice: NoticeFacts, { end, now }: SignIn): string {
  const { state, attempts, at, fault } = notice;
  const when = relative(at, now);
  const times = attempts === 1 ? 'once' : `${attempts} times`;
  const last = fault === null ? '' : `the last time: ${fault}`;
  switch (state) {
    case 'waiting':
      return end ? 'not told yet' : 'will be told';
    case 'due': {
      const isNext = Date.parse(at) > now;
      const next = isNext ? `next ${when}` : 'next soon';
      return attempts === 0
        ? 'not told yet'
        : stacked(`not told yet, tried ${times}, ${next}`, last);
    }
    case 'delivered':
      return attempts === 1 ? `told ${when}` : `told ${when}, at attempt ${attempts}`;
    case 'dead':
      return stacked(`never told, tried ${times}, given up ${when}`, last);
    default:
      return state;
  }
}

function stacked(...each: readonly string[]): string {
  return each.filter((line) => line !== '').join('\n');
}

const WORST_FIRST = ['dead', 'due', 'waiting', 'delivered'];

/** Who has not been told comes before who has. */
function worstFirst(notices: readonly NoticeFacts[]): NoticeFacts[] {
  const rank = ({ state }: NoticeFacts) => WORST_FIRST.indexOf(state);
  return notices.toSorted((a, b) => rank(a) - rank(b));
}

function noteRow({ what, about, count, first_at, last_at }: NoteFacts, now: number): string[] {
  const again = count > 1 ? `, ${count} times since ${relative(first_at, now)}` : '';
  return [relative(last_at, now), about, `${noteOf(what)}${again}`];
}

/** What lives comes before what has ended. */
function newestFirst<Part extends { readonly slot: number; readonly end: EndFacts | null }>(
  parts: readonly Part[],
): Part[] {
  return parts.toSorted(
    (a, b) => Number(a.end !== null) - Number(b.end !== null) || b.slot - a.slot,
  );
}

function section<Part>(
  title: string,
  parts: readonly Part[],
  most: number,
  paint: Paint,
  write: (shown: readonly Part[]) => string[],
): string[] {
  if (parts.length === 0) return [];
  const more = parts.length - most;
  const rest = more > 0 ? [`  and ${more} more, which --json shows`] : [];
  return [paint('heading', title), ...write(parts.slice(0, most)), ...rest];
}
