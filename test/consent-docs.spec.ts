import { readFileSync } from 'node:fs';
import { shortPurposes } from '../src/conditions/purposes.ts';
import { ConsentReader } from '../src/contacts/mapping/consent.ts';
import { detectConsents, type FileConsent } from '../src/contacts/mapping/consent-file.ts';
import { denialPurposesOf, purposesOf } from '../src/contacts/mapping/mapping.ts';

interface Row {
  column: string;
  words: string[];
  reading: string;
}

const PAGE = readFileSync(new URL('../docs/importing.md', import.meta.url), 'utf8');
const TIME = '2025-02-03 04:05:06';

/** The rows of a tool's table on the page. */
function tableOf(tool: string): Row[] {
  const section = PAGE.split(`#### ${tool}\n`)[1]?.split(/^##/m)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((line) => {
    const [column, words, reading] = line.split('|').slice(1, 4) as [string, string, string];
    const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
    return {
      column: quoted(column)[0]!,
      words: words.includes('*a time*') ? [TIME] : quoted(words),
      reading: reading.trim(),
    };
  });
}

/** What Reach suggests for a word of a column. */
function readingOf({ readings, hints }: FileConsent, column: string, word: string): string {
  const reading = readings.get(column);
  if (!reading?.suggested) return hints.has(column) ? 'asks you' : 'is not read as consent';
  const state = new ConsentReader(reading.mapping).state(word);
  if (state === 'granted') return `grants ${shortPurposes(purposesOf(reading.mapping)).join(', ')}`;
  if (state === 'denied') return `denies ${shortPurposes(denialPurposesOf(reading.mapping)).join(', ')}`;
  return state === 'unset' ? 'says nothing' : 'is unknown';
}

describe('the page about imports', () => {
  it.each(['Klaviyo', 'Mailchimp', 'HubSpot', 'Brevo', 'Salesforce', 'Shopify'])(
    'lists the suggested readings of the consent columns of %s',
    (tool) => {
      const rows = tableOf(tool);
      expect(rows.length).toBeGreaterThan(5);
      const found = rows.map(({ column, words }) => {
        const values = rows.filter((row) => row.column === column).flatMap((row) => row.words);
        const file = detectConsents([{ name: column, values: [...values, ''] }], { name: 'export.csv', whole: true });
        return { column, words, readings: [...new Set(words.map((word) => readingOf(file, column, word)))] };
      });
      expect(found).toEqual(rows.map(({ column, words, reading }) => ({ column, words, readings: [reading] })));
    },
  );
});
