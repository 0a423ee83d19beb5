import type { ConsentMapping, ConsentReading, ConsentState, Mapping } from '../../api/types/contacts.ts';

type Word = ConsentReading['words'][number];

/** The meaning of a word under the chosen reading. */
export const wordState = (entry: Word, { mapping }: ConsentReading, consent: ConsentMapping): ConsentState =>
  consent.words?.[entry.word] ?? entry.bySense[consent.sense ?? mapping.sense ?? 'grants'];

/** Rows of the sample by their state under the chosen reading. */
export function consentCounts(reading: ConsentReading, consent: ConsentMapping): Record<ConsentState, number> {
  const counts = { ...reading.counts };
  for (const entry of reading.words) {
    counts[entry.state] -= entry.count;
    counts[wordState(entry, reading, consent)] += entry.count;
  }
  return counts;
}

/** Consent columns without a confirmation. */
export const unconfirmedColumns = ({ columns, everyone }: Mapping): string[] => [
  ...columns.filter(({ as, consent }) => as === 'consent' && !consent?.confirmed).map(({ column }) => column),
  ...(everyone && !everyone.confirmed ? ['the whole file'] : []),
];

/** The mapping without its confirmations, which do not affect the counts of an import. */
export const withoutConfirmations = ({ columns, everyone, ...mapping }: Mapping): Mapping => ({
  ...mapping,
  columns: columns.map((column) =>
    column.consent ? { ...column, consent: { ...column.consent, confirmed: undefined } } : column,
  ),
  ...(everyone ? { everyone: { ...everyone, confirmed: undefined } } : {}),
});
