import type { Notice } from '../files/notice.ts';
import { ConsentReader, type ConsentReading, deniesOutright, detectConsent, isInWords } from './consent.ts';
import { type ConsentName, consentName, isDenialFile, isQuestionName } from './consent-names.ts';
import type { ConsentMapping, WholeFileConsent } from './mapping.ts';

/** A column with every cell of the rows that were looked at, empty ones too. */
export interface ConsentColumn {
  name: string;
  values: string[];
}

/** What a file says about consent, for a person to confirm. */
export interface FileConsent {
  /** Readings by column. Those that are not `suggested` are questions: the column may be consent. */
  readings: Map<string, ConsentReading>;
  /** Present where the file is as a whole a list of people who left, and no column says so. */
  everyone?: WholeFileConsent;
  /** Columns that hint at consent in a way that is never applied by itself. */
  hints: Map<string, Notice>;
}

/**
 * How the columns of a file are read together: which of them are suggested as consent, which serve as the time of
 * another's statement, and what only a person can decide. @param file its name, and whether the cells are all of it
 */
export function detectConsents(columns: ConsentColumn[], file: { name: string; whole: boolean }): FileConsent {
  const readings = new Map<string, ConsentReading>();
  const names = new Map<string, ConsentName>();
  for (const { name, values } of columns) {
    const named = consentName(name);
    if (named) names.set(name, named);
    const reading = detectConsent(name, values, file.whole);
    if (reading) readings.set(name, reading);
  }
  pairTimes(columns, readings, names);
  leaveChannelsApart(readings, new Map(columns.map(({ name, values }) => [name, values])));
  narrowDenials(readings, names);
  const everyone = wholeFileConsent(file.name, columns, readings);
  return { readings, hints: hintsOf(columns, readings), ...(everyone ? { everyone } : {}) };
}

/** A column of times that has the name of another consent column says when that one's statements were made. */
function pairTimes(
  columns: ConsentColumn[],
  readings: Map<string, ConsentReading>,
  names: Map<string, ConsentName>,
): void {
  for (const { name } of columns) {
    const time = names.get(name);
    if (!time?.timed || time.other || time.reason) continue;
    const owner = [...readings].find(([other, { suggested, mapping }]) => {
      const named = names.get(other);
      return other !== name && suggested && !mapping.time && named && !named.timed && isTimeOf(time, named);
    });
    if (!owner) continue;
    owner[1].mapping.time = name;
    readings.delete(name);
  }
}

/**
 * `Unsubscribed at` is the time of `Unsubscribed`, `Consent date` that of `Marketing consent`. When somebody opted in
 * is not the time of what they said later.
 */
const isTimeOf = (time: ConsentName, named: ConsentName): boolean =>
  time.sense === named.sense &&
  (time.stem === named.stem || (named.sense === 'grants' && time.stem === 'consent' && named.stem.includes('consent')));

const isAdvertising = ({ purposes = [], denialPurposes = purposes }: ConsentMapping): boolean =>
  [...purposes, ...denialPurposes].some((purpose) => purpose === 'advertising' || purpose.startsWith('ad_'));

/**
 * Deliveries ask for advertising. Beside a column that speaks of it, one that merely grants another channel, or says
 * in yes and no what the other says in words, is left to a person. Outright denials are never left out, nor is a column
 * that denies where the words of the other grant.
 */
function leaveChannelsApart(readings: Map<string, ConsentReading>, values: Map<string, string[]>): void {
  const suggested = [...readings].filter(([, reading]) => reading.suggested);
  const main = suggested.filter(([, { mapping }]) => isAdvertising(mapping));
  const inWords = main.filter(([, reading]) => reading.mapping.sense === 'grants' && isInWords(reading));
  for (const [name, reading] of suggested) {
    if (reading.mapping.sense === 'denies' || deniesOutright(reading)) continue;
    const aside = !isAdvertising(reading.mapping) && main.length > 0;
    const repeated = isAdvertising(reading.mapping) && !isInWords(reading) && inWords.length > 0;
    const contradicts = inWords.some(([other, words]) =>
      isOverruled([words, values.get(other)!], [reading, values.get(name)!]),
    );
    if (aside || (repeated && !contradicts)) reading.suggested = false;
  }
}

/** Whether a row that one column grants is denied by another. */
function isOverruled(
  [granting, granted]: [ConsentReading, string[]],
  [denying, denied]: [ConsentReading, string[]],
): boolean {
  const [grants, denies] = [new ConsentReader(granting.mapping), new ConsentReader(denying.mapping)];
  return granted.some((cell, i) => grants.state(cell) === 'granted' && denies.state(denied[i]!) === 'denied');
}

/** Where one column speaks of advertising itself, a no to e-mails in another is about e-mails alone. */
function narrowDenials(readings: Map<string, ConsentReading>, names: Map<string, ConsentName>): void {
  const isOwn = (name: string) => names.get(name)?.channels.includes('advertising') === true;
  const suggested = [...readings].filter(([, each]) => each.suggested && each.mapping.sense === 'grants');
  if (!suggested.some(([name]) => isOwn(name))) return;
  for (const [name, { mapping }] of suggested) {
    if (!isOwn(name) && mapping.denialPurposes)
      mapping.denialPurposes = mapping.denialPurposes.filter((purpose) => purpose !== 'advertising');
  }
}

/**
 * The denial of a file that is as a whole a list of people who unsubscribed, bounced or are suppressed: every row has
 * a reason for it, or the file's name says so, and no column states consent.
 */
export function wholeFileConsent(
  fileName: string,
  columns: ConsentColumn[],
  readings: Map<string, ConsentReading>,
): WholeFileConsent | undefined {
  const rows = columns[0]?.values.length ?? 0;
  const stated = [...readings.values()].some(({ counts }) => counts.denied + counts.granted > 0);
  if (rows === 0 || stated) return undefined;
  const gaveReasons = columns.some(({ name, values }) => isDenialReason(name) && !values.includes(''));
  return gaveReasons || isDenialFile(fileName) ? { consent: 'denied', purposes: ['advertising', 'email'] } : undefined;
}

/** Columns without a reading that may say who left or who consented. */
function hintsOf(columns: ConsentColumn[], readings: Map<string, ConsentReading>): Map<string, Notice> {
  const outright = [...readings.values()].some((reading) => reading.suggested && deniesOutright(reading));
  const asked = columns.filter(({ name, values }) => {
    if (readings.has(name) || values.every((value) => value === '')) return false;
    return isDenialReason(name) ? !outright : isQuestionName(name);
  });
  return new Map(asked.map(({ name }) => [name, questionAbout(name)]));
}

const questionAbout = (column: string): Notice => ({
  code: 'consent_question',
  column,
  message: isDenialReason(column)
    ? `"${column}" says why people left. Map the column that says who left as consent, or this one with the sense denies and the meaning of its words.`
    : `"${column}" may say who consented. It is not read as consent; map it as such, with the meaning of each word, if it does.`,
});

/** True where a filled cell hints at a denial without saying so: `Unsubscribe reason`. */
export function isDenialReason(name: string): boolean {
  const named = consentName(name);
  return named?.reason === true && named.sense === 'denies';
}
