import { createInterface } from 'node:readline/promises';
import { ApiError } from './api-client.ts';
import type { DatasetView, ImportPreviewView, MappingView, StateCounts } from './views.ts';

const number = (value: number) => value.toLocaleString('en-US');

/** How many are subscribed and unsubscribed, and how many the file says nothing about. */
export const stateCounts = ({ granted, denied, unset }: StateCounts): string =>
  `${number(granted)} subscribed, ${number(denied)} unsubscribed, ${number(unset)} without a statement`;

/** Whether an import with the mapping is refused until consent is confirmed. */
export const hasUnconfirmedConsent = ({ columns, everyone }: MappingView): boolean =>
  columns.some(({ as, consent }) => as === 'consent' && !consent?.confirmed) ||
  (everyone !== undefined && !everyone.confirmed);

/** How each unconfirmed consent of a mapping is read, in a line each. */
export function consentReadings(dataset: DatasetView, mapping: MappingView): string[] {
  const lines = mapping.columns
    .filter(({ as, consent }) => as === 'consent' && !consent?.confirmed)
    .map(({ column, consent = {} }) => {
      const purposes = consent.purposes ?? [consent.purpose ?? 'advertising'];
      const sense = consent.sense ?? readingOf(dataset, column)?.mapping.sense;
      const meaning = sense === 'denies' ? 'yes denies consent' : 'yes grants consent';
      const denial = consent.denialPurposes ? `; a denial is for ${consent.denialPurposes.join(', ')}` : '';
      return `  ${column}: ${meaning} for ${purposes.join(', ')}${denial}`;
    });
  if (mapping.everyone && !mapping.everyone.confirmed) lines.push('  Every row of the file denies consent.');
  return lines;
}

const readingOf = ({ columns }: DatasetView, column: string) => columns.find(({ name }) => name === column)?.consent;

/** What the first rows of the file say as the suggested mapping reads them, in a line a column. */
export const sampleLines = ({ columns }: DatasetView): string[] =>
  columns.flatMap(({ name, consent }) => {
    if (!consent?.suggested) return [];
    return [`  ${name}, as suggested: ${stateCounts(consent.counts)} of the first ${number(consent.rows)} rows`];
  });

/** The effect of importing the whole file, one line per purpose, column and reject. */
export function previewLines({ rows, consents, columns, rejects }: ImportPreviewView): string[] {
  return [
    `The whole file (${number(rows)} rows):`,
    ...consents.map(({ purposes, rows: counted, contacts }) => {
      const { granted, denied, unset } = contacts ?? counted;
      const what = `${purposes.join(', ')} (${contacts ? 'contacts' : 'rows'})`;
      return `  ${what}: ${number(granted)} would be subscribed, ${number(denied)} unsubscribed, ${number(unset)} left unchanged`;
    }),
    ...columns.map(({ column, rows: counted }) => `  ${column} (rows): ${stateCounts(counted)}`),
    ...columns
      .filter(({ unknown }) => unknown > 0)
      .map(({ column, unknownWords }) => {
        const words = unknownWords.map(({ word, count }) => `"${word}" (${number(count)})`);
        return `  ${column} (rows): words without a meaning: ${words.join(', ')}`;
      }),
    ...rejects.map(({ code, count, text }) => `  ${number(count)} rejects ${code}: ${text}`),
  ];
}

/** The mapping with every reading of consent confirmed. */
export const withConsentConfirmed = (mapping: MappingView): MappingView => ({
  ...mapping,
  columns: mapping.columns.map((column) =>
    column.as === 'consent' ? { ...column, consent: { ...column.consent, confirmed: true } } : column,
  ),
  ...(mapping.everyone ? { everyone: { ...mapping.everyone, confirmed: true } } : {}),
});

/** Nobody has confirmed how consent is read: nothing was imported. */
export class ConsentNotConfirmed extends ApiError {
  readonly exitCode = 2;

  constructor(detail: string) {
    super(422, 'consent_unconfirmed', detail);
  }
}

/** Shows how consent is read and asks a person at a terminal. @throws ConsentNotConfirmed also where there is none */
export async function askForConsent(readings: string[]): Promise<void> {
  const shown = ['Reach would read consent like this:', ...readings].join('\n');
  if (!process.stdin.isTTY) {
    const todo =
      'Nothing was imported. Confirm this with --confirm-consent, or pass a mapping with consent.confirmed set to true.';
    throw new ConsentNotConfirmed(`${shown}\n${todo}`);
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${shown}\nIs that right? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim()))
      throw new ConsentNotConfirmed('Nothing was imported. Pass a mapping that reads consent as you mean it.');
  } finally {
    prompt.close();
  }
}
