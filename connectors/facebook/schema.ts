import type { Json } from '../destination.ts';
import type { FacebookOptions } from './settings.ts';

/** Every match key, in the order of a row. */
export const SCHEMA = [
  'EXTERN_ID',
  'EMAIL',
  'PHONE',
  'DOBY',
  'DOBM',
  'DOBD',
  'LN',
  'FN',
  'FI',
  'GEN',
  'CT',
  'ST',
  'ZIP',
  'COUNTRY',
  'MADID',
];
/** Keys of which a person has several; the others describe the person and stand in every row. */
export const MULTIPLE = new Set(['EXTERN_ID', 'EMAIL', 'PHONE', 'MADID']);

/**
 * A member as it is kept and replayed. `rows` are as long as `schema`; an unknown value is `""`. `addOnly` are columns
 * that say how Meta may use a row or what it is worth; a removal leaves them out.
 */
export type Wire = { schema: string[]; rows: string[][]; addOnly?: { schema: string[]; cells: Json[] } };

export const identitySchema = (matchKeys: string[]) => SCHEMA.filter((key) => matchKeys.includes(key));

/** Columns of the options, behind the match keys. */
export function addOnlySchema(options: FacebookOptions): string[] {
  return [
    ...(options.valueAttribute ? ['LOOKALIKE_VALUE'] : []),
    ...(options.limitedDataUse ? ['DATA_PROCESSING_OPTIONS'] : []),
    ...(options.limitedDataUse && options.limitedDataUseCountry !== undefined
      ? ['DATA_PROCESSING_OPTIONS_COUNTRY']
      : []),
    ...(options.limitedDataUse && options.limitedDataUseState !== undefined ? ['DATA_PROCESSING_OPTIONS_STATE'] : []),
  ];
}
