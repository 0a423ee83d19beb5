import type { Notice } from '../files/notice.ts';
import type { DateOrder } from './date.ts';
import type { DateReading } from './date-reading.ts';
import type { DecimalMark, NumberReading } from './number.ts';

// the examples are invented: real values may be birthdays or incomes

/** Notices about the numbers of a column, read with this decimal mark or without a known one. */
export function numberNotices({ twoWays, mixed }: NumberReading, decimal: DecimalMark | undefined): Notice[] {
  const notices: Notice[] = [];
  if (mixed)
    notices.push({
      code: 'number_format_mixed',
      message: 'Some numbers have a decimal comma, others a decimal point. Ambiguous numbers are rejected.',
    });
  if (!twoWays) return notices;
  const mark = twoWays.includes(',') ? ',' : '.';
  const example = `1${mark}234`;
  notices.push(
    decimal
      ? {
          code: 'number_format_by_file',
          message: `Other columns of the file have a decimal ${MARK_NAMES[decimal]}, so ${example} is read as ${mark === decimal ? '1 and a fraction' : '1234'}.`,
        }
      : {
          code: 'number_format_ambiguous',
          message: `Thousands and decimals cannot be distinguished: ${example} may be 1234 or 1 and a fraction. Set the decimal mark of the column; until then such values are rejected.`,
        },
  );
  return notices;
}

const MARK_NAMES: Record<DecimalMark, string> = { '.': 'point', ',': 'comma' };

/** Notices about the dates of a column, read in this order or without a known one. */
export function dateNotices({ twoWays, mixed, order: own }: DateReading, order: DateOrder | undefined): Notice[] {
  const counted = own && COUNTED[own];
  if (counted) return [counted];
  const notices: Notice[] = [];
  if (mixed)
    notices.push({
      code: 'date_order_mixed',
      message: 'Some dates have the day first, others the month. Ambiguous dates are rejected.',
    });
  if (!twoWays) return notices;
  notices.push(
    order
      ? {
          code: 'date_order_by_file',
          message: `Other columns of the file have the ${order === 'dmy' ? 'day' : 'month'} first, so dates such as 03/04/2024 are read that way.`,
        }
      : {
          code: 'date_order_ambiguous',
          message:
            'Day and month cannot be distinguished in dates such as 03/04/2024. Set the date order of the column; until then such dates are rejected.',
        },
  );
  return notices;
}

const COUNTED: Partial<Record<DateOrder, Notice>> = {
  excel: {
    code: 'date_excel_serial',
    message:
      'The values look like Excel serial numbers (days since 1899-12-30) and are read as dates: 45000 is 2023-03-15.',
  },
  unix: {
    code: 'date_unix',
    message: 'The values look like Unix times (counted since 1970) and are read as dates: 1700000000 is 2023-11-14.',
  },
};

/** A column with only yes or only no; its other cells are empty. */
export const oneSided = (answer: boolean): Notice => ({
  code: 'boolean_one_sided',
  message: answer
    ? 'The cells say yes or are empty. An empty cell counts as unknown, not as no.'
    : 'The cells say no or are empty. An empty cell counts as unknown, not as yes.',
});
