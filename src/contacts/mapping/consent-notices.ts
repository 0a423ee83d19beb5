import type { Notice } from '../files/notice.ts';
import { type ConsentReading, deniesOutright } from './consent.ts';
import type { Mapping } from './mapping.ts';

/** The part of a detected column that notices need. */
interface NoticedColumn {
  name: string;
  consent?: ConsentReading;
}

const of = (count: number, rows: number) => `${count.toLocaleString('en-US')} of ${rows.toLocaleString('en-US')} rows`;

/**
 * Notices about the consent in a file with its suggested or chosen mapping: readings to confirm, columns that may be
 * consent, unknown words, and denials that the mapping leaves out.
 */
export function consentNotices(columns: NoticedColumn[], mapping: Mapping | null | undefined): Notice[] {
  const applied = new Map(mapping?.columns.filter((c) => c.as === 'consent').map((c) => [c.column, c.consent]));
  const denying = columns.find(
    ({ consent }) => consent && deniesOutright(consent) && consent.counts.denied === consent.rows,
  );
  return [
    ...(denying ? [denialList(`Every row of "${denying.name}" denies consent.`, denying.name)] : []),
    ...(mapping?.everyone ? [denialList('The name of the file or a column of reasons says so.')] : []),
    ...columns.flatMap(({ name, consent }) => {
      if (!consent) return [];
      if (applied.has(name))
        return [...(applied.get(name)?.confirmed ? [] : [toConfirm(name, consent)]), ...unknownWords(name, consent)];
      return consent.suggested && consent.counts.denied > 0 ? [leftOut(name, consent)] : [question(name, consent)];
    }),
  ];
}

const denialList = (why: string, column?: string): Notice => ({
  code: 'denial_list',
  message: `This looks like a list of people who unsubscribed, bounced or are suppressed. ${why} Import it as a denial of consent, or add its people to a suppression list (Privacy → Suppression lists, POST /v1/suppressions).`,
  ...(column ? { column } : {}),
});

function toConfirm(column: string, { mapping, counts, rows }: ConsentReading): Notice {
  const what = mapping.sense === 'denies' ? 'an opt-out' : `consent for ${(mapping.purposes ?? []).join(', ')}`;
  return {
    code: 'consent_to_confirm',
    column,
    message: `"${column}" is read as ${what}: ${of(counts.granted, rows)} grant, ${of(counts.denied, rows)} deny. Confirm this reading before you import.`,
  };
}

function question(column: string, { mapping }: ConsentReading): Notice {
  return {
    code: 'consent_question',
    column,
    message: `"${column}" may hold consent for ${(mapping.purposes ?? []).join(', ')}, but is not read as consent. Map it as consent if it does.`,
  };
}

function leftOut(column: string, { counts, rows }: ConsentReading): Notice {
  return {
    code: 'consent_left_out',
    column,
    message: `"${column}" denies consent in ${of(counts.denied, rows)}, but the mapping leaves it out, so those people may be delivered. Map it as consent to exclude them.`,
  };
}

function unknownWords(column: string, { words }: ConsentReading): Notice[] {
  const unknown = words.filter(({ known }) => !known);
  if (unknown.length === 0) return [];
  const shown = unknown.slice(0, 5).map(({ word, count }) => `"${word}" (${count})`);
  return [
    {
      code: 'consent_unknown_words',
      column,
      message: `"${column}" holds words that neither grant nor deny: ${shown.join(', ')}${unknown.length > 5 ? ', …' : ''}. They count as no statement until the mapping gives each word a meaning.`,
    },
  ];
}
