import type { ErrorTable } from '../destination.ts';

/** What can be wrong with any delivery by files. */
export const FILE_ERRORS: ErrorTable = [
  {
    vendor: 'restart',
    code: 'transient',
    text: 'The unfinished file is gone; the upload must begin again at its first batch.',
  },
  { vendor: 'size', code: 'transient', text: 'The file on the server has another size than what was sent.' },
  { vendor: 'digest', code: 'transient', text: 'The file on the server has another digest than what was sent.' },
  { vendor: 'remove', code: 'config', text: 'Files hold whole segments: nobody is removed from them one by one.' },
  { vendor: 'file-name', code: 'config', text: 'The file name cannot be used. Change the fileName of the delivery.' },
  {
    vendor: 'columns',
    code: 'config',
    text: 'The columns cannot be written as asked. Change the columns of the delivery.',
  },
];
