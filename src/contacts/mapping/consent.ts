import { isAmbiguous, isNever, parseTime } from '../values/date.ts';
import { mask } from '../values/mask.ts';
import { isMissing } from '../values/missing.ts';
import {
  type ConsentName,
  channelsInName,
  consentName,
  holdsDenial,
  isOtherThing,
  isStatusName,
  wordsOf,
} from './consent-names.ts';
import { consentWords } from './consent-words.ts';
import type { ConsentMapping, ConsentSense, ConsentState } from './mapping.ts';

/** How a column that may hold consent is read, and its effect on the rows of the sample. */
export interface ConsentReading {
  /** The reading that is suggested; a person has to confirm it. */
  mapping: ConsentMapping;
  /** False when the evidence is too weak: a person decides whether the column is consent at all. */
  suggested: boolean;
  /** Rows by state; they add up to `rows`. */
  counts: Record<ConsentState, number>;
  /** Rows of the sample. */
  rows: number;
  /** Whether the sample is the whole file. */
  wholeFile: boolean;
  /** The most frequent words with their readings; `known` is false for words without a meaning. */
  words: ConsentWord[];
}

/** True where a reading denies in so many words, and not by a mere no to a consent. */
export const deniesOutright = ({ mapping, counts, words }: ConsentReading): boolean =>
  counts.denied > 0 &&
  (mapping.sense === 'denies' || words.some(({ word, state }) => state === 'denied' && !NO.has(foldCell(word))));

/** True where the words of a column say on their own what was stated: subscribed, opted out, never subscribed. */
export const isInWords = ({ words }: ConsentReading): boolean =>
  words.some(({ word, known }) => known && isSpecific(foldCell(word)));

export interface ConsentWord {
  /** In lower case, as in the mapping's `words`; masked where it may identify a person, `(a time)` for times. */
  word: string;
  count: number;
  /** What it says as the column is read. */
  state: ConsentState;
  /** What it would say under each sense. */
  bySense: Readonly<Record<ConsentSense, ConsentState>>;
  known: boolean;
}

const DENIED = new Set(consentWords('denied'));
const GRANTED = new Set(consentWords('granted'));
const YES = new Set(consentWords('yes'));
const ALLOWED = consentWords('allowed');
const NO = new Set(consentWords('no'));
const UNSET = new Set(consentWords('unset'));
const ACTIVITY = consentWords('activity');

const LONGEST_CELL = 100;
const TIME = '(a time)';
const WORDS_SHOWN = 20;
/** Forms that may identify a person. */
const PERSONAL = /@|\d{5}|^.{41}/;

/** An unknown word as people see it: in lower case, masked where it may identify a person. */
export const shownWord = (word: string): string => (PERSONAL.test(word) ? mask(word) : word.toLowerCase());

/** What kind of thing a cell says, before the sense of its column is applied. */
type CellKind = ConsentState | 'yes' | 'allowed' | 'no' | 'time' | 'serial' | 'unknown';

/** A cell as it is compared: in words, but -1 is not 1. */
function foldCell(cell: string): string {
  const text = cell.trim().toLowerCase();
  return /^[-−]\s*\d/.test(text) ? text : wordsOf(cell).join(' ') || text;
}

function kindOf(cell: string): CellKind {
  const text = cell.trim();
  if (text === '' || isNever(text)) return 'unset';
  if (text.length > LONGEST_CELL) return 'unknown';
  const kind = kindOfWords(foldCell(text));
  if (kind) return kind;
  if (isMissing(text)) return 'unset';
  if (isTime(text)) return 'time';
  if (SERIAL.test(text)) return 'serial';
  const [, words, time] = WORDS_AND_TIME.exec(text) ?? [];
  return (words && time && isTime(time) && kindOfWords(foldCell(words))) || 'unknown';
}

/** A day of 1954 to 2119 as spreadsheets count them: what is left of a column of times. */
const SERIAL = /^[2-7]\d{4}(\.\d+)?$/;
/** `Withdrawn (2026-01-03)` */
const WORDS_AND_TIME = /^(\p{L}[\p{L}\s-]*?)[\s:,(–-]+(\d.*?)\)?$/u;

function kindOfWords(word: string): CellKind | undefined {
  if (UNSET.has(word)) return 'unset';
  if (GRANTED.has(word)) return 'granted';
  if (DENIED.has(word) || holdsDenial(word.split(' '), DENIED)) return 'denied';
  if (YES.has(word)) return 'yes';
  if (ALLOWED.has(word)) return 'allowed';
  return NO.has(word) ? 'no' : undefined;
}

const isTimeKind = (kind: CellKind): boolean => kind === 'time' || kind === 'serial';
const isTime = (text: string): boolean =>
  /\d/.test(text) && (/^\d{10}(\d{3})?$/.test(text) || parseTime(text) !== undefined || isAmbiguous(text));

/** What each kind of cell says under a sense. A false opt-out is no opt-in: it says nothing. */
const STATES: Readonly<Record<ConsentSense, Readonly<Record<CellKind, ConsentState | undefined>>>> = {
  grants: {
    granted: 'granted',
    denied: 'denied',
    unset: 'unset',
    yes: 'granted',
    allowed: 'granted',
    no: 'denied',
    time: 'granted',
    serial: undefined,
    unknown: undefined,
  },
  denies: {
    granted: 'granted',
    denied: 'denied',
    unset: 'unset',
    yes: 'denied',
    allowed: 'unset',
    no: 'unset',
    time: 'denied',
    serial: 'denied',
    unknown: undefined,
  },
};

/** Reads the cells of a consent column by its mapping. */
export class ConsentReader {
  private readonly stated: ReadonlyMap<string, ConsentState>;
  private readonly sense: ConsentSense;
  private readonly read = new Map<string, ConsentState | undefined>();

  constructor(mapping: Pick<ConsentMapping, 'sense' | 'words'>) {
    this.sense = mapping.sense ?? 'grants';
    this.stated = new Map(Object.entries(mapping.words ?? {}).map(([word, state]) => [foldCell(word), state]));
  }

  /** What a cell says; nothing where neither the mapping nor the word lists know it. */
  state(cell: string): ConsentState | undefined {
    if (this.read.has(cell)) return this.read.get(cell);
    const kind = kindOf(cell);
    const state = this.stated.get(isTimeKind(kind) ? foldCell(TIME) : foldCell(cell)) ?? STATES[this.sense][kind];
    if (this.read.size < 1000) this.read.set(cell, state);
    return state;
  }
}

/**
 * How a column that may hold consent is read: opt-ins, opt-outs, columns of states and times of opt-outs. Nothing for
 * columns that are about something else, for times at which somebody agreed, and for empty columns unless their name
 * is plainly an opt-out's. @param values every cell of the rows that were looked at, empty ones too
 */
export function detectConsent(name: string, values: string[], wholeFile = false): ConsentReading | undefined {
  const column = countCells(values);
  const named = consentName(name);
  if (!named) return isStatusColumn(name, column) ? readingOf(name, undefined, column, wholeFile, true) : undefined;
  if (column.filled === 0)
    return named.sense === 'denies' && named.sure && !named.other && !named.reason && !wholeFile
      ? readingOf(name, named, column, wholeFile, true)
      : undefined;
  const { time, serial } = column.kinds;
  if (named.sense === 'grants' && time + serial > 0.5 * column.filled) return undefined;
  if (named.reason) return undefined;
  const fits = fitOf(named, column);
  return fits === undefined ? undefined : readingOf(name, named, column, wholeFile, fits);
}

/** Whether the values are those of a consent: `false` where only a person can tell, nothing where they are not. */
function fitOf(named: ConsentName, { filled, kinds, number }: CountedColumn): boolean | undefined {
  const known = filled - kinds.unknown;
  if (named.other) return known === filled && !number ? named.sense === 'denies' : undefined;
  // counts such as `Unsubscribes: 14` may be of a campaign
  if (named.sure) return known > 0 && !number;
  return known >= 0.5 * filled && known > 0 && !number ? true : undefined;
}

/** Words that only the state of a subscription has. */
const isSpecific = (word: string): boolean =>
  /subscribed|opt(ed)? ?(in|out)|abonne|abonniert|abgemeldet|desuscrito|disiscritto|uitgeschreven|descadastrado/.test(
    word,
  );

/**
 * A column of any name whose cells are subscribed, unsubscribed, cleaned and the like; of a status also with cells that
 * say that no e-mail reaches the person. Beside these, active and inactive are states of a contact: a person decides
 * what they mean.
 */
function isStatusColumn(name: string, { filled, words, number }: CountedColumn): boolean {
  if (filled === 0 || number || words.size > WORDS_SHOWN || isOtherThing(name)) return false;
  const isStatus = isStatusName(name);
  const all = [...words.values()];
  const isOfConsent = ({ word, kind }: CountedWord) =>
    (kind !== 'unknown' && isSpecific(foldCell(word))) ||
    (isStatus && kind === 'denied' && channelsInName(word).includes('email'));
  if (!all.some(isOfConsent)) return false;
  const isUnknown = ({ word, kind }: CountedWord) => kind === 'unknown' && !ACTIVITY.has(foldCell(word));
  const unknown = all.filter(isUnknown).reduce((sum, { count }) => sum + count, 0);
  return unknown <= (isStatus ? 0.5 : 0.1) * filled;
}

/** The channels of a column of states: those of its name, else those that its words speak about. */
function statusChannels(name: string, { words }: CountedColumn): string[] {
  const named = channelsInName(name);
  return named.length > 0 ? named : channelsInName([...words.keys()].join(' '));
}

interface CountedWord {
  word: string;
  count: number;
  kind: CellKind;
}

interface CountedColumn {
  rows: number;
  filled: number;
  kinds: Record<CellKind, number>;
  words: Map<string, CountedWord>;
  /** True where some cells are numbers beyond 0 and 1: a count, an amount. */
  number: boolean;
}

const MOST_WORDS = 1000;

function countCells(values: string[]): CountedColumn {
  const kinds = { granted: 0, denied: 0, unset: 0, yes: 0, allowed: 0, no: 0, time: 0, serial: 0, unknown: 0 };
  const words: CountedColumn['words'] = new Map();
  let filled = 0;
  let number = false;
  for (const value of values) {
    if (value === '' || isMissing(value)) continue;
    filled++;
    const known = words.get(value);
    const kind = known?.kind ?? kindOf(value);
    kinds[kind]++;
    if (known) known.count++;
    else if (words.size < MOST_WORDS) words.set(value, { word: value, count: 1, kind });
    number ||= kind === 'unknown' && /^[+-]?\d+([.,]\d+)?$/.test(value);
  }
  return { rows: values.length, filled, kinds, words, number };
}

function readingOf(
  name: string,
  named: ConsentName | undefined,
  column: CountedColumn,
  wholeFile: boolean,
  suggested: boolean,
): ConsentReading {
  const sense = named?.sense ?? 'grants';
  // where the name leaves open what yes means, yes and no are words that only a person can read
  const open = named !== undefined && named.sense === undefined;
  const states: Record<CellKind, ConsentState | undefined> = open
    ? { ...STATES.grants, yes: undefined, allowed: undefined, no: undefined, time: undefined, serial: undefined }
    : STATES[sense];
  const counts = { granted: 0, denied: 0, unset: column.rows - column.filled };
  for (const [kind, count] of Object.entries(column.kinds)) counts[states[kind as CellKind] ?? 'unset'] += count;
  const words = wordsShown(column, states);
  const stated = words.filter(({ known, word }) => (known || open) && word !== TIME && !PERSONAL.test(word));
  return {
    mapping: {
      ...purposesFor(named ?? { channels: statusChannels(name, column), everyChannel: false }),
      sense,
      ...(stated.length > 0 ? { words: Object.fromEntries(stated.map(({ word, state }) => [word, state])) } : {}),
    },
    suggested: suggested && (!open || column.kinds.granted + column.kinds.denied > 0),
    counts,
    rows: column.rows,
    wholeFile,
    words,
  };
}

const bySense = (kind: CellKind): ConsentWord['bySense'] => ({
  grants: STATES.grants[kind] ?? 'unset',
  denies: STATES.denies[kind] ?? 'unset',
});

function wordsShown({ words }: CountedColumn, states: Record<CellKind, ConsentState | undefined>): ConsentWord[] {
  const shown = new Map<string, ConsentWord>();
  for (const { word, count, kind } of words.values()) {
    const text = isTimeKind(kind) ? TIME : kind === 'unknown' ? shownWord(word) : word.toLowerCase();
    const state = states[kind];
    const same = shown.get(text);
    if (same) same.count += count;
    else
      shown.set(text, {
        word: text,
        count,
        state: state ?? 'unset',
        bySense: bySense(kind),
        known: state !== undefined,
      });
  }
  return [...shown.values()].sort((a, b) => b.count - a.count).slice(0, WORDS_SHOWN);
}

const EVERY_CHANNEL = ['advertising', 'email', 'sms', 'phone', 'mail'];

/**
 * What a statement is for. A grant is for what the name says, and for advertising where it says nothing. A denial of
 * e-mails, or without a purpose, denies advertising too: people who left a list do not expect ads based on it.
 */
function purposesFor({
  channels,
  everyChannel,
}: Pick<ConsentName, 'channels' | 'everyChannel'>): Pick<ConsentMapping, 'purposes' | 'denialPurposes'> {
  const purposes = channels.length > 0 ? channels : ['advertising'];
  const denials = everyChannel ? EVERY_CHANNEL : channels.length === 0 ? ['advertising', 'email'] : channels;
  const wide = denials.includes('email') ? [...new Set(['advertising', ...denials])] : denials;
  return same(purposes, wide) ? { purposes } : { purposes, denialPurposes: wide };
}

const same = (a: string[], b: string[]): boolean => a.length === b.length && a.every((each) => b.includes(each));
