import { nameKey } from '../../identity/text.ts';

/** Languages whose months and days of the week are read; the words themselves come from the runtime. */
const LANGUAGES = ['en', 'de', 'de-AT', 'fr', 'es', 'it', 'nl', 'pt'];
const STYLES = ['long', 'short'] as const;
const SHORTEST = 3;

let months: Map<string, number> | undefined;
let weekdays: Set<string> | undefined;

/** 1 to 12 for the name of a month in one of the languages, in full or cut short: `März`, `déc.`, `Sept`. */
export function monthOf(word: string): number | undefined {
  months ??= monthWords();
  return months.get(nameKey(word));
}

/** True for the name of a day of the week in one of the languages, in full or cut short. */
export function isWeekday(word: string): boolean {
  weekdays ??= new Set(LANGUAGES.flatMap(weekdayWords));
  return weekdays.has(nameKey(word));
}

/** The names, and what they begin with as far as all languages mean the same month by it. */
function monthWords(): Map<string, number> {
  const found = new Map<string, Set<number>>();
  const add = (word: string, month: number) => found.set(word, (found.get(word) ?? new Set()).add(month));
  for (const language of LANGUAGES)
    for (const style of STYLES)
      for (const [i, name] of monthsIn(language, style).entries()) {
        add(name, i + 1);
        for (let n = SHORTEST; style === 'long' && n < name.length; n++) add(name.slice(0, n), i + 1);
      }
  return new Map([...found].flatMap(([word, [month, another]]) => (another ? [] : [[word, month!]])));
}

function monthsIn(language: string, month: (typeof STYLES)[number]): string[] {
  const format = new Intl.DateTimeFormat(language, { month, day: 'numeric', timeZone: 'UTC' });
  return Array.from({ length: 12 }, (_, i) => {
    const parts = format.formatToParts(Date.UTC(2024, i, 15));
    return nameKey(parts.find(({ type }) => type === 'month')!.value);
  });
}

function weekdayWords(language: string): string[] {
  return STYLES.flatMap((weekday) => {
    const day = new Intl.DateTimeFormat(language, { weekday, timeZone: 'UTC' });
    return Array.from({ length: 7 }, (_, i) => nameKey(day.format(Date.UTC(2024, 0, 1 + i))));
  });
}
