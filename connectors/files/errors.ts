import { DestinationError, type ErrorTable, findErrorRule } from '../errors.ts';

/** What can be wrong with any delivery by files. */
export const FILE_ERRORS: ErrorTable = [
  {
    vendor: 'restart',
    code: 'restart',
    text: 'The unfinished file is gone; the upload must begin again at its first batch.',
  },
  { vendor: 'size', code: 'transient', text: 'The file on the server has another size than what was sent.' },
  { vendor: 'digest', code: 'transient', text: 'The file on the server has another digest than what was sent.' },
  { vendor: 'closed', code: 'transient', text: 'The connection was closed from our side.' },
  { vendor: 'remove', code: 'config', text: 'Files hold whole segments: nobody is removed from them one by one.' },
  { vendor: 'file-name', code: 'config', text: 'The file name cannot be used. Change the fileName of the delivery.' },
  { vendor: 'pgp-key', code: 'config', text: 'The OpenPGP key cannot be used. Change the key of the delivery.' },
  { vendor: 'zip-size', code: 'config', text: 'The file is too large for a zip. Split it, or pack it with gzip.' },
  {
    vendor: 'columns',
    code: 'config',
    text: 'The columns cannot be written as asked. Change the columns of the delivery.',
  },
];

/** The error of one of these codes. */
export function failureOf(vendorCode: string, more = ''): DestinationError {
  const { code, text } = findErrorRule(FILE_ERRORS, vendorCode)!;
  return new DestinationError(code, more ? `${text} ${more}` : text, { vendorCode });
}
