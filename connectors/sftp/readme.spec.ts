import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { layoutOf } from '../files/columns.ts';
import { csvText, headerLine } from '../files/file.ts';
import { PRESET_NAMES } from '../files/profile.ts';
import { encodeAll, rehearsalMember, rehearsalUpload } from '../rehearsal.ts';
import { sftp } from './definition.ts';

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');

test.each(PRESET_NAMES)('the README shows what preset %s writes', (preset) => {
  const keys = { matchKeys: ['EMAIL', 'PHONE', 'ZIP'], attributes: ['tenure'] };
  const upload = rehearsalUpload({ id: 'x', name: 'x' }, { options: { preset }, ...keys });
  const { profile, columns } = layoutOf(upload);
  const rows = encodeAll(sftp, upload, [rehearsalMember(1, { tenure: 41 })]).map(({ wire }) => wire as string[]);
  const text =
    headerLine(
      columns.map(({ header }) => header),
      profile,
    ) + csvText(rows, profile);
  const shown = readme.split('```').find((block) => block.startsWith(`csv ${preset}\n`));
  expect(shown).toBe(
    `csv ${preset}\n${text.replaceAll('\r\n', '\n').replaceAll(/[0-9a-f]{64}/g, (digest) => `${digest.slice(0, 6)}…`)}`,
  );
});
