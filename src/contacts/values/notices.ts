import type { Notice } from '../files/notice.ts';
import type { DateOrder } from './date.ts';
import type { DateReading } from './date-reading.ts';
import type { DecimalMark, NumberReading } from './number.ts';

// the examples are made up: a value of the column may be somebody's birthday or income

/** What a person should know about the numbers of a column that are read with this decimal mark, or with none. */
export function numberNotices({ twoWays, mixed }: NumberReading, decimal: DecimalMark | undefined): Notice[] {
  const notices: Notice[] = [];
  if (mixed)
    notices.push({
      code: 'number_format_mixed',
      message: 'Some numbers have a decimal comma, others a decimal point. Numbers that read in two ways are left out.',
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
          message: `Thousands and decimals cannot be distinguished: ${example} may be 1234 or 1 and a fraction. Set the decimal mark of the column; until then such values are left out.`,
        },
  );
  return notices;
}

const MARK_NAMES: Record<DecimalMark, string> = { '.': 'point', ',': 'comma' };

/** What a person should know about the dates of a column that are read in this order, or in none. */
export function dateNotices({ twoWays, mixed, order: own }: DateReading, order: DateOrder | undefined): Notice[] {
  const counted = own && COUNTED[own];
  if (counted) return [counted];
  const notices: Notice[] = [];
  if (mixed)
    notices.push({
      code: 'date_order_mixed',
      message: 'Some dates have the day first, others the month. Dates that read in two ways are left out.',
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
            'Day and month cannot be distinguished in dates such as 03/04/2024. Set the date order of the column; until then such dates are left out.',
        },
  );
  return notices;
}

const COUNTED: Partial<Record<DateOrder, Notice>> = {
  excel: {
    code: 'date_excel_serial',
    message: 'The values look like Excel serial numbers, days since 1899-12-30, and are read so: 45000 is 2023-03-15.',
  },
  unix: {
    code: 'date_unix',
    message: 'The values look like Unix times, counted since 1970, and are read so: 1700000000 is 2023-11-14.',
  },
};

/** A column of yes or no, the other cells empty. */
export const oneSided = (answer: boolean): Notice => ({
  code: 'boolean_one_sided',
  message: answer
    ? 'The cells say yes or are empty. An empty cell counts as unknown, not as no.'
    : 'The cells say no or are empty. An empty cell counts as unknown, not as yes.',
});
