import { createInterface } from 'node:readline/promises';
import { ApiError } from './api-client.ts';
import type { ConsentReadingView, DatasetView, MappingView } from './views.ts';

const number = (value: number) => value.toLocaleString('en-US');

/** How each unconfirmed consent of a mapping is read, in a line each. */
export function consentReadings(dataset: DatasetView, mapping: MappingView): string[] {
  const lines = mapping.columns
    .filter(({ as, consent }) => as === 'consent' && !consent?.confirmed)
    .map(({ column, consent }) => {
      const purposes = consent?.purposes?.join(', ') ?? consent?.purpose ?? 'advertising';
      const meaning = consent?.sense === 'denies' ? 'yes denies consent' : 'yes grants consent';
      const reading = dataset.columns.find(({ name }) => name === column)?.consent;
      return `  ${column}: ${meaning} (${purposes})${reading ? `; ${countsOf(reading)}` : ''}`;
    });
  if (mapping.everyone && !mapping.everyone.confirmed) lines.push('  Every row of the file denies consent.');
  return lines;
}

function countsOf({ counts, rows, wholeFile }: ConsentReadingView): string {
  const basis = wholeFile ? `of ${number(rows)} rows` : `of the first ${number(rows)} rows`;
  return `${number(counts.granted)} granted, ${number(counts.denied)} denied, ${number(counts.unset)} without a statement ${basis}`;
}

/** The mapping with every reading of consent confirmed. */
export const withConsentConfirmed = (mapping: MappingView): MappingView => ({
  ...mapping,
  columns: mapping.columns.map((column) =>
    column.as === 'consent' ? { ...column, consent: { ...column.consent, confirmed: true } } : column,
  ),
  ...(mapping.everyone ? { everyone: { ...mapping.everyone, confirmed: true } } : {}),
});

/** Shows how consent is read and asks a person at a terminal. @throws ApiError where there is nobody to ask */
export async function askForConsent(readings: string[]): Promise<void> {
  const shown = ['Reach would read consent like this:', ...readings].join('\n');
  if (!process.stdin.isTTY)
    throw new ApiError(
      422,
      'consent_unconfirmed',
      `${shown}\nConfirm it with --confirm-consent, or pass a mapping with consent.confirmed.`,
    );
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${shown}\nIs that right? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim()))
      throw new ApiError(
        422,
        'consent_unconfirmed',
        'Nothing was imported. Pass a mapping that reads consent as you mean it.',
      );
  } finally {
    prompt.close();
  }
}
