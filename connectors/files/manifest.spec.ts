import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { rehearsalSegment, rehearsalUpload } from '../rehearsal.ts';
import { layoutOf } from './columns.ts';
import { manifestBytes, manifestOf, parseManifest } from './manifest.ts';
import type { FileOptions } from './options.ts';

const schema = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: true, allErrors: true });
formats.default(ajv);
ajv.addSchema(schema('brief'));
const isValid = ajv.compile(schema('manifest'));

const facts = { name: 'a.csv', rows: 2, bytes: 30, sha256: 'a'.repeat(64) };
const uploadOf = (options: FileOptions, segment = rehearsalSegment()) =>
  rehearsalUpload({ id: 'x', name: 'x' }, { options, segment, matchKeys: ['EMAIL'], attributes: ['tenure'] });

test.each<FileOptions>([
  {},
  { preset: 'mail-house' },
  { preset: 'liveramp', compression: 'gzip' },
  { format: 'tsv', hash: 'sha1' },
  { compression: 'zip', encryptTo: 'a key', dateFormat: 'DD.MM.YYYY' },
  { columns: [{ source: 'EMAIL' }, { source: 'attribute:tenure', dateFormat: 'YYYYMMDD' }] },
])('the manifest of %j is what the published schema says', (options) => {
  const upload = uploadOf(options);
  const manifest = manifestOf(upload, layoutOf(upload), [facts, facts]);
  isValid(manifest);
  expect(isValid.errors).toBeNull();
  expect(manifest.totals).toEqual({ files: 2, rows: 4, bytes: 60 });
});

test('a brief with the least there can be is valid too', () => {
  const { tone, offer, messages, creativeIds, ...brief } = rehearsalSegment().brief;
  const upload = uploadOf(
    {},
    rehearsalSegment('all', { brief: { ...brief, personaKey: 'all', salientTraits: [] }, creatives: undefined }),
  );
  expect(isValid(manifestOf(upload, layoutOf(upload), [facts]))).toBe(true);
});

test('of a file that personas share names each of them', () => {
  const { brief, creatives } = rehearsalSegment();
  const upload = uploadOf(
    { oneFile: true },
    rehearsalSegment('all', { creatives: undefined, personas: [{ brief, creatives }, { brief }] }),
  );
  const manifest = manifestOf(upload, layoutOf(upload), [facts]);
  expect(isValid(manifest)).toBe(true);
  expect(manifest.segment.personas?.map((persona) => persona.brief.personaKey)).toEqual(['p_loyal', 'p_loyal']);
});

test('comes back from its bytes; other bytes are nobody’s manifest', () => {
  const upload = uploadOf({});
  const manifest = manifestOf(upload, layoutOf(upload), [facts]);
  expect(parseManifest(manifestBytes(manifest))).toEqual(manifest);
  for (const other of ['', '{', '[]', 'null', '{"version":2,"files":[]}'])
    expect(parseManifest(Buffer.from(other))).toBeUndefined();
  expect(parseManifest(undefined)).toBeUndefined();
});
