import { describe, expect, test } from '@jest/globals';
import type { Segment, Upload } from '../destination.ts';
import { type FileProfile, profileOf } from './profile.ts';
import { assertNamesDiffer, fileName, fileNames, folderName, slug } from './template.ts';

const segment = {
  key: 'p_1',
  name: 'Spring / Loyal',
  description: '',
  brief: { personaName: 'Éco-Loyal #1' },
} as Segment;
const upload: Pick<Upload, 'runId' | 'startedAt' | 'segment' | 'delivery'> = {
  runId: 'run_42',
  startedAt: new Date('2026-11-03T09:08:07.123Z'),
  segment,
  delivery: { id: 'del_1', account: 'Müller & Söhne', audience: 'Spring sale', mode: 'mirror' },
};
const name = (options: Partial<FileProfile>, part?: number) => fileName(profileOf(options), upload, part);

test.each([
  ['Éco-Loyal #1', 'Eco-Loyal_1'],
  ['  a/b\\c  ', 'a_b_c'],
  ['Привет', ''],
  ['..', ''],
])('slug of %j is %j', (text, expected) => {
  expect(slug(text)).toBe(expected);
});

describe('file names', () => {
  test.each<[Partial<FileProfile>, string]>([
    [{}, 'Spring_sale_p_1_2026-11-03_run_42.csv'],
    [
      { fileName: '{{account}}-{{persona.name}}_{{time}}.{{extension}}', format: 'tsv' },
      'Muller_Sohne-Eco-Loyal_1_090807.tsv',
    ],
    [{ fileName: '{{name}}__{{timestamp}}.txt' }, 'Spring_Loyal__2026-11-03T09-08-07-123Z.txt'],
    [{ fileName: 'report.csv__{{date}}.txt' }, 'report.csv__2026-11-03.txt'],
    [{ fileName: 'x_{{part}}.csv' }, 'x_0001.csv'],
    [{ fileName: 'x.csv', splitRows: 100 }, 'x_part-0001.csv'],
    [{ fileName: 'x.csv', compression: 'gzip' }, 'x.csv.gz'],
    [{ fileName: 'x.csv', compression: 'gzip', splitRows: 100 }, 'x_part-0001.csv.gz'],
    [{ fileName: 'party.csv', splitBytes: 100 }, 'party_part-0001.csv'],
    [{ fileName: '{{year}}{{month}}{{day}}T{{hour}}{{minute}}{{second}}.csv' }, '20261103T090807.csv'],
    [{ fileName: 'x.csv', compression: 'zip' }, 'x.csv.zip'],
    [{ fileName: 'x.csv.zip', compression: 'zip', splitRows: 9 }, 'x_part-0001.csv.zip'],
    [{ fileName: 'x.csv', encryptTo: 'key' }, 'x.csv.pgp'],
    [{ fileName: 'x.csv.gpg', encryptTo: 'key', splitRows: 9 }, 'x_part-0001.csv.gpg'],
    [{ fileName: 'x.csv', encryptTo: 'key', compression: 'gzip' }, 'x.csv.gz.pgp'],
  ])('%j gives %s', (options, expected) => {
    expect(name(options)).toBe(expected);
  });

  test('of what is inside lack the suffixes', () => {
    const inner = (options: Partial<FileProfile>) => fileNames(profileOf(options), upload).inner;
    expect(inner({ fileName: 'x.csv', compression: 'zip', encryptTo: 'key' })).toBe('x.csv');
    expect(inner({ fileName: 'x.csv.gz', compression: 'gzip' })).toBe('x.csv');
    expect(inner({ fileName: 'x.csv' })).toBe('x.csv');
  });

  test('count parts', () => {
    expect(name({ fileName: '{{date}}-{{part}}.csv', splitRows: 100 }, 12)).toBe('2026-11-03-0012.csv');
  });

  test('fall back to the key where a name has no letter that receivers take', () => {
    const other = {
      ...upload,
      segment: { ...segment, name: '顧客', brief: { ...segment.brief, personaName: '顧客' } },
    };
    expect(fileName(profileOf({ fileName: '{{persona.name}}-{{name}}.csv' }), other)).toBe('p_1-p_1.csv');
  });

  test.each([
    '.hidden.csv',
    '_x.csv',
    'no-extension',
    'a b.csv',
    '{{nothing}}.csv',
    '{{',
    `${'x'.repeat(240)}.csv`,
    '{{{name}}}.csv',
  ])('%s is refused', (template) => {
    expect(() => name({ fileName: template })).toThrow(/file name|template/);
  });

  test('of a file that personas share leave room for those that had their own', () => {
    const shared = profileOf({ fileName: 'all.csv', oneFile: true, splitRows: 9 });
    assertNamesDiffer(shared, segment);
    expect(fileName(shared, upload)).toBe('all_p_1_part-0001.csv');
    expect(fileName(shared, { ...upload, segment: { ...segment, key: 'all' } })).toBe('all_part-0001.csv');
    expect(name({ fileName: '{{persona.key}}.csv', oneFile: true })).toBe('p_1.csv');
  });

  test('of two personas must differ', () => {
    expect(() => assertNamesDiffer(profileOf({ fileName: '{{date}}.csv' }), segment)).toThrow(/persona/);
    assertNamesDiffer(profileOf({ fileName: '{{date}}.csv' }), { ...segment, key: 'all' });
    assertNamesDiffer(profileOf({ fileName: '{{date}}.csv', folder: '{{ persona.key }}' }), segment);
  });
});

test('folders keep their slashes, values cannot bring new ones', () => {
  expect(folderName(profileOf({ folder: '{{account}}/{{name}}' }), upload)).toBe('Muller_Sohne/Spring_Loyal');
});
