import { createWriteStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import iconv from 'iconv-lite';
import { zipOf } from '../../test/support/archive.ts';
import {
  type Dataset,
  datasetForm,
  type FileContent,
  importEnd,
  importFile,
  rejectsOf,
} from '../../test/support/datasets.ts';
import { type Reach, startReach } from '../../test/support/service.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { sha256 } from '../identity/hash.ts';
import type { ContactView } from './contacts.service.ts';
import { contactIdOf } from './import/identifiers.ts';
import { UploadStore } from './upload.store.ts';

interface ProblemBody {
  status: number;
  code: string;
  detail: string;
  errors?: { path: string; code: string; message: string }[];
}

const MAPPING = {
  key: { column: 'id' },
  columns: [
    { column: 'email', as: 'email' },
    { column: 'city', as: 'city' },
    { column: 'plan', as: 'trait' },
  ],
};
const LIMIT = 8_000_000;

describe('datasets', () => {
  let reach: Reach;
  const contact = async (id: string) =>
    (await reach.api<ContactView>('GET', `/v1/contacts/${contactIdOf('acc_default', 'external', sha256(id))}`)).body;
  const upload = (file: FileContent, fields: Record<string, unknown> = {}) =>
    reach.api<Dataset & ProblemBody>('POST', '/v1/datasets', datasetForm(file, fields));
  const places = (problem: ProblemBody) => problem.errors?.map((e) => `${e.path} ${e.code}`);

  beforeAll(async () => {
    reach = await startReach({ env: { REACH_MAX_UPLOAD_BYTES: String(LIMIT) } });
  });
  afterAll(() => reach.close());

  describe('files', () => {
    const TEXT =
      'id;email;city;plan\n1;josé@example.com;Zürich;"gold; ""big""\nplan"\nID2;b@example.com;Kraków;silver\n';
    const western = TEXT.replace('Kraków', 'Cádiz');
    const encode = (text: string, encoding: string, options = {}) =>
      new Uint8Array(iconv.encode(text, encoding, options));

    it.each<[string, FileContent, Record<string, unknown>, string]>([
      ['UTF-8', TEXT, {}, 'utf-8'],
      ['UTF-8 with its mark', encode(TEXT, 'utf-8', { addBOM: true }), {}, 'utf-8'],
      ['UTF-16LE with its mark', encode(TEXT, 'utf-16le', { addBOM: true }), {}, 'utf-16le'],
      ['UTF-16BE with its mark', encode(TEXT, 'utf-16be', { addBOM: true }), {}, 'utf-16be'],
      ['UTF-16LE without a mark', encode(TEXT, 'utf-16le'), {}, 'utf-16le'],
      ['UTF-16BE without a mark', encode(TEXT, 'utf-16be'), {}, 'utf-16be'],
      ['Latin-1, detected', encode(western, 'latin1'), {}, 'windows-1252'],
      ['Latin-1, declared', encode(western, 'latin1'), { encoding: 'ISO-8859-1' }, 'windows-1252'],
      ['Windows-1250, declared', encode(TEXT, 'windows-1250'), { encoding: 'windows-1250' }, 'windows-1250'],
    ])('reads %s with quoted newlines', async (_, file, options, encoding) => {
      const cities = typeof file === 'string' ? TEXT : iconv.decode(Buffer.from(file), encoding);
      const id = encoding + String(file.length);
      const body =
        typeof file === 'string'
          ? file.replace('ID2', id)
          : new Uint8Array(iconv.encode(cities.replace('ID2', id), encoding, { addBOM: file[0]! > 0xee }));
      const dataset = await importFile(reach, body, MAPPING, options);
      expect(dataset).toMatchObject({
        status: 'ready',
        format: { encoding, delimiter: ';' },
        result: { contacts: 2, rejects: 1 },
      });
      expect((await contact('1')).city).toBe('Zürich');
      expect((await contact('1')).traits.plan).toBe('gold; "big"\nplan');
      expect(['Kraków', 'Cádiz']).toContain((await contact(id)).city);
      // letters beyond ASCII are no part of an address that platforms take
      expect((await rejectsOf(reach, dataset.id)).map((r) => r.split(',').slice(0, 3).join())).toEqual([
        '2,email,email_not_ascii',
      ]);
    });

    it.each([
      [',', ','],
      [';', ';'],
      ['\t', '\t'],
      ['|', '|'],
    ])('detects the delimiter %j', async (delimiter) => {
      const rows = [
        ['id', 'email', 'city', 'plan'],
        [`d${delimiter.charCodeAt(0)}`, 'd@example.com', 'Rome', 'x'],
      ];
      const dataset = await importFile(reach, rows.map((r) => r.join(delimiter)).join('\r\n'), MAPPING);
      expect(dataset).toMatchObject({ status: 'ready', format: { delimiter }, result: { contacts: 1, rejects: 0 } });
    });

    it('rejects ragged rows by line, or pads short ones when asked', async () => {
      const csv =
        'id,email,city,plan\nr1,a@example.com,Rome,x\nr2,b@example.com\nr3,c@example.com,Oslo,y,extra\nr4,d@example.com,,\n';
      const strict = await importFile(reach, csv, MAPPING);
      expect(strict.result).toMatchObject({ contacts: 2, rejects: 2 });
      expect(await rejectsOf(reach, strict.id)).toEqual([
        '3,,ragged_row,2 cells where the header has 4,',
        '4,,ragged_row,5 cells where the header has 4,',
      ]);
      expect(strict.funnel.stages[1]).toMatchObject({
        name: 'parsed',
        count: 2,
        lost: [{ code: 'ragged_row', count: 2 }],
      });
      const padded = await importFile(reach, csv, MAPPING, { ragged: 'pad' });
      expect(padded.result).toMatchObject({ contacts: 3, rejects: 1 });
    });

    it('numbers repeated and nameless columns, with a notice for each', async () => {
      const { body } = await upload('id,email,email,\n1,a@example.com,b@example.com,x\n');
      expect(body.format.columns).toEqual(['id', 'email', 'email_2', 'column_4']);
      expect(body.format.notices).toMatchObject([
        { code: 'column_repeated', line: 1, column: 'email_2' },
        { code: 'column_unnamed', line: 1, column: 'column_4' },
      ]);
    });

    it('reads a file without a header', async () => {
      const { body } = await upload('7,a@example.com,Rome\n8,b@example.com,Oslo\n');
      expect(body.format.columns).toEqual(['column_1', 'column_2', 'column_3']);
      const mapping = { key: { column: 'column_1' }, columns: [{ column: 'column_3', as: 'city' }] };
      const dataset = await importFile(reach, 'nh7,a@example.com,Rome\n', mapping);
      expect(dataset.result).toMatchObject({ contacts: 1 });
    });

    it('rejects cells with NUL bytes or invalid letters and keeps the row', async () => {
      const bytes = Buffer.from(
        'id,email,city,plan\nn1,a@example.com,Ro\0me,gold\nn2,b@example.com,Oslo,si\xfflver\n',
        'latin1',
      );
      const dataset = await importFile(reach, new Uint8Array(bytes), MAPPING, { encoding: 'utf-8' });
      expect(dataset.result).toMatchObject({ contacts: 2, rejects: 2 });
      expect((await rejectsOf(reach, dataset.id)).map((r) => r.split(',').slice(0, 3).join())).toEqual([
        '2,city,nul_byte',
        '3,plan,encoding',
      ]);
      expect(await contact('n1')).toMatchObject({ city: '', traits: { plan: 'gold' } });
    });

    it('reads JSON lines with lists, nested objects and late keys, and rejects broken lines by number', async () => {
      const lines = [
        { id: 'j1', emails: ['A@example.com', 'b@example.com'], address: { city: 'Rome' }, spend: 12.5, vip: true },
        { id: 'j2', emails: [], address: null, spend: null, late: 'yes' },
      ].map((line) => JSON.stringify(line));
      const file = [lines[0], '{"id":"j9",', '[1]', '', lines[1]].join('\n');
      const mapping = {
        key: { column: 'id' },
        columns: [
          { column: 'emails', as: 'email' },
          { column: 'address.city', as: 'city' },
          { column: 'spend', as: 'trait', trait: { name: 'json spend' } },
          { column: 'vip', as: 'trait', trait: { type: 'boolean' } },
          { column: 'late', as: 'trait' },
        ],
      };
      const dataset = await importFile(reach, file, mapping);
      expect(dataset).toMatchObject({ format: { format: 'jsonl' }, result: { contacts: 2, rejects: 2 } });
      expect((await rejectsOf(reach, dataset.id)).map((r) => r.split(',').slice(0, 3).join())).toEqual([
        '2,,json_syntax',
        '3,,json_not_an_object',
      ]);
      expect(await contact('j1')).toMatchObject({
        emails: ['a@example.com', 'b@example.com'],
        city: 'Rome',
        traits: { 'json spend': 12.5, vip: true },
      });
      expect((await contact('j2')).traits).toEqual({ late: true });
    });

    it.each<[string, Buffer, Record<string, string>]>([
      ['gzip', gzipSync('id,city\ngz1,Rome\n'), {}],
      ['ZIP', zipOf({ 'a.csv': 'id,city\ngz1,Rome\n', 'b.csv': 'x' }), { member: 'a.csv' }],
    ])('reads a file packed as %s', async (_, packed, options) => {
      const mapping = { key: { column: 'id' }, columns: [{ column: 'city', as: 'city' }] };
      const dataset = await importFile(reach, new Uint8Array(packed), mapping, options);
      expect(dataset).toMatchObject({ status: 'ready', result: { contacts: 1 }, format: { columns: ['id', 'city'] } });
    });

    it('reads Parquet with its own types', async () => {
      const path = join(reach.dataDir, 'people.parquet');
      await reach.app.get(Warehouse).command(
        `INSERT INTO FUNCTION file({path:String}, 'Parquet') SELECT concat('p', toString(number)) AS id,
           [concat('p', toString(number), '@example.com')] AS emails, if(number = 1, NULL, number / 2) AS score,
           toDate('2024-02-29') AS since, number = 0 AS vip FROM numbers(3)`,
        { path },
      );
      const { readFile } = await import('node:fs/promises');
      const mapping = {
        key: { column: 'id' },
        columns: [
          { column: 'emails', as: 'email' },
          { column: 'score', as: 'trait', trait: { name: 'parquet score', type: 'number' } },
          { column: 'since', as: 'trait', trait: { type: 'date' } },
        ],
      };
      const dataset = await importFile(reach, new Uint8Array(await readFile(path)), mapping);
      expect(dataset).toMatchObject({
        status: 'ready',
        format: { format: 'parquet' },
        result: { contacts: 3, rejects: 0 },
      });
      expect(await contact('p2')).toMatchObject({
        emails: ['p2@example.com'],
        traits: { 'parquet score': 1, since: '2024-02-29' },
      });
      expect((await contact('p1')).traits).toEqual({ since: '2024-02-29' });
    });

    it.each<[string, FileContent, string, RegExp]>([
      ['an empty file', '', 'file_empty', /empty/],
      ['white space', ' \n \n', 'file_empty', /white space/],
      ['a header alone', 'id,email\n', 'no_rows', /line 1/],
      ['columns of fixed width', 'id   email\n1    a@example.com\n', 'fixed_width', /comma/],
      ['more columns than can be read', `${'name,'.repeat(30_000)}\n1,2\n`, 'too_many_columns', /2,000/],
      ['rows inside a JSON object', '{"customers":[{"id":1}]}', 'json_wrapped', /"customers"/],
      ['a web page', '<html><table></table></html>', 'file_is_html', /HTML/],
      ['no JSON at all', '{"id":1,\n', 'json_syntax', /Line 1/],
      ['a damaged ZIP', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), 'zip_broken', /damaged/],
      ['a ZIP of several', new Uint8Array(zipOf({ 'a.csv': 'x', 'b.csv': 'y' })), 'zip_of_several', /member/],
      ['half a Parquet file', 'PAR1xxxxxxxxxxxxxx', 'parquet_broken', /footer/],
    ])('refuses %s with the reason', async (_, file, code, text) => {
      const { status, body } = await upload(file);
      expect({ status, places: places(body) }).toEqual({ status: 422, places: [`file ${code}`] });
      expect(body.detail).toMatch(text);
    });

    it('rejects rows with a broken quote, repeated headers and total rows, and imports the others', async () => {
      const csv =
        'sep=;\nid;email;city;plan\nq1;q1@example.com;Rome;"never closed\nq2;q2@example.com;Oslo;x\nid;email;city;plan\n' +
        'q3;q3@example.com;Kyiv;\nTotal;;;2\n';
      const dataset = await importFile(reach, csv, MAPPING);
      expect(dataset).toMatchObject({ status: 'ready', result: { contacts: 2, rejects: 3 } });
      expect((await rejectsOf(reach, dataset.id)).map((r) => r.split(',').slice(0, 3).join())).toEqual([
        '3,,quote_never_closed',
        '5,,repeated_header',
        '7,,total_row',
      ]);
      expect(dataset.funnel.stages[0]).toMatchObject({ name: 'received', count: 5 });
    });
  });

  describe('consent', () => {
    const columns = [
      { column: 'email', as: 'email' },
      { column: 'optin', as: 'consent' },
    ];
    const FILE = 'id,email,optin\n1,ada@consent.example.com,yes\n';

    it('refuses an import with unconfirmed consent, names the column, and stores nothing', async () => {
      const before = (await reach.api<{ items: unknown[] }>('GET', '/v1/datasets?limit=200')).body.items.length;
      const refused = await upload(FILE, { mapping: { key: { column: 'id' }, columns } });
      expect([refused.status, refused.body.code]).toEqual([422, 'consent_unconfirmed']);
      expect(places(refused.body)).toEqual(['mapping.columns[1].consent.confirmed consent_unconfirmed']);
      expect(refused.body.detail).toContain('"optin"');
      expect(refused.body).toMatchObject({ columns: ['optin'] });
      expect((await reach.api<{ items: unknown[] }>('GET', '/v1/datasets?limit=200')).body.items).toHaveLength(before);
    });

    it('refuses an unconfirmed list of denials', async () => {
      const everyone = { consent: 'denied', purposes: ['advertising'] };
      const mapping = { key: { column: 'id' }, columns: columns.slice(0, 1), everyone };
      const refused = await upload(FILE, { mapping });
      expect(places(refused.body)).toEqual(['mapping.everyone.confirmed consent_unconfirmed']);
    });

    it('imports consent once its reading is confirmed', async () => {
      const { body: stored } = await upload(FILE);
      const path = `/v1/datasets/${stored.id}/import`;
      expect(
        (await reach.api<ProblemBody>('POST', path, { mapping: { key: { column: 'id' }, columns } })).body.code,
      ).toBe('consent_unconfirmed');
      const confirmed = columns.map((c) => (c.as === 'consent' ? { ...c, consent: { confirmed: true } } : c));
      const started = await reach.api('POST', path, { mapping: { key: { column: 'id' }, columns: confirmed } });
      expect(started.status).toBe(202);
      expect((await importEnd(reach, stored.id)).status).toBe('ready');
    });
  });

  describe('requests', () => {
    const CSV = 'id,email,city,plan\n1,a@example.com,Rome,x\n';

    it('stores a file without a mapping, suggests one, and imports with it', async () => {
      const { status, body } = await upload('customer_id,email,plan\nw1,w1@example.com,gold\nw2,w2@example.com,gold\n');
      expect(status).toBe(202);
      expect(body).toMatchObject({
        status: 'new',
        suggestedMapping: { kind: 'contacts', key: { column: 'customer_id' } },
      });
      const started = await reach.api<Dataset>('POST', `/v1/datasets/${body.id}/import`, {
        mapping: body.suggestedMapping,
      });
      expect(started).toMatchObject({ status: 202, body: { status: 'starting' } });
      const again = await reach.api<ProblemBody>('POST', `/v1/datasets/${body.id}/import`, {
        mapping: body.suggestedMapping,
      });
      expect(again).toMatchObject({ status: 409, body: { code: 'import_under_way' } });
    });

    it('answers 507 when the disk is full, and stores nothing', async () => {
      const store = reach.app.get(UploadStore);
      const full = jest.spyOn(store, 'sink').mockImplementation(() => createWriteStream('/dev/full'));
      const before = (await reach.api<{ items: object[] }>('GET', '/v1/datasets?limit=200')).body.items.length;
      const { status, body } = await upload(CSV, { mapping: MAPPING });
      full.mockRestore();
      expect({ status, code: body.code }).toEqual({ status: 507, code: 'storage_full' });
      expect(body.detail).toContain('Make room');
      expect((await reach.api<{ items: object[] }>('GET', '/v1/datasets?limit=200')).body.items).toHaveLength(before);
      expect(readdirSync(join(reach.dataDir, 'uploads')).filter((name) => name.endsWith('.part'))).toEqual([]);
      expect((await upload(CSV, { mapping: MAPPING })).status).toBe(202);
    });

    it('detects the format and the columns of a file without storing it', async () => {
      const before = (await reach.api<{ items: object[] }>('GET', '/v1/datasets')).body.items.length;
      const { status, body } = await reach.api<Dataset>('POST', '/v1/datasets/detect', datasetForm(CSV));
      expect(status).toBe(200);
      expect(body.columns.map((c) => c.suggestion.as)).toEqual(['externalId', 'email', 'city', 'trait']);
      expect((await reach.api<{ items: object[] }>('GET', '/v1/datasets')).body.items).toHaveLength(before);
    });

    it.each<[string, unknown, string[]]>([
      ['no JSON', '{', ['mapping json']],
      ['a list', [], ['mapping object']],
      ['an unknown field', { ...MAPPING, nope: 1 }, ['mapping.nope whitelistValidation']],
      ['no key', { columns: [] }, ['mapping.key isDefined']],
      [
        'an unknown role',
        { key: { column: 'id' }, columns: [{ column: 'city', as: 'town' }] },
        ['mapping.columns[0].as isIn'],
      ],
      [
        'an unknown trait type',
        { key: { column: 'id' }, columns: [{ column: 'city', as: 'trait', trait: { type: 'text' } }] },
        ['mapping.columns[0].trait.type isIn'],
      ],
      ['a wrong country', { ...MAPPING, defaultCountry: 'Narnia' }, ['mapping.defaultCountry isISO31661Alpha2']],
      [
        'a bad stream',
        { ...MAPPING, events: [{ stream: 'My Order', time: 'city' }] },
        ['mapping.events[0].stream matches'],
      ],
      ['an unknown column', { key: { column: 'nope' }, columns: [] }, ['mapping.key.column unknown_column']],
      [
        'one field twice',
        {
          key: { column: 'id' },
          columns: [
            { column: 'city', as: 'city' },
            { column: 'plan', as: 'city' },
          ],
        },
        ['mapping.columns[1] field_mapped_twice'],
      ],
    ])('refuses a mapping with %s, and stores nothing', async (_, mapping, expected) => {
      const before = (await reach.api<{ items: object[] }>('GET', '/v1/datasets?limit=200')).body.items.length;
      const { status, body } = await upload(CSV, { mapping });
      expect([400, 422]).toContain(status);
      expect(places(body)).toEqual(expected);
      expect((await reach.api<{ items: object[] }>('GET', '/v1/datasets?limit=200')).body.items).toHaveLength(before);
    });

    it('refuses a trait type that contradicts the catalogue, and names its path', async () => {
      await importFile(reach, 'id,level\nt1,5\nt2,6\n', {
        key: { column: 'id' },
        columns: [{ column: 'level', as: 'trait', trait: { type: 'number' } }],
      });
      const mapping = {
        key: { column: 'id' },
        columns: [{ column: 'level', as: 'trait', trait: { type: 'category' } }],
      };
      const { body } = await upload('id,level\nt1,high\n', { mapping });
      expect(places(body)).toEqual(['mapping.columns[0].trait.type trait_type_conflict']);
      const untyped = await importFile(reach, 'id,level\nt1,high\nt3,7\n', {
        key: { column: 'id' },
        columns: [{ column: 'level', as: 'trait' }],
      });
      expect(untyped.funnel.rejectedValues).toMatchObject([{ code: 'not_a_number', count: 1 }]);
    });

    it.each<[string, Record<string, unknown>, string]>([
      ['an unknown field', { colour: 'red' }, 'colour'],
      ['an unknown format', { format: 'xls' }, 'format'],
      ['a long delimiter', { delimiter: ';;' }, 'delimiter'],
      ['a header that is neither', { header: 'maybe' }, 'header'],
    ])('refuses a form field with %s', async (_, fields, path) => {
      const { status, body } = await upload(CSV, fields);
      expect({ status, path: body.errors?.[0]?.path }).toEqual({ status: 400, path });
    });

    it('refuses a request without an upload, without a file, or with a file that is too large', async () => {
      expect((await reach.api<ProblemBody>('POST', '/v1/datasets', { a: 1 })).body).toMatchObject({
        status: 415,
        code: 'not_multipart',
      });
      const empty = new FormData();
      empty.set('name', 'x');
      expect((await reach.api<ProblemBody>('POST', '/v1/datasets', empty)).body).toMatchObject({
        status: 422,
        errors: [{ path: 'file', code: 'missing' }],
      });
      const large = await upload('x'.repeat(LIMIT + 1));
      expect(large.body).toMatchObject({ status: 413, code: 'upload_too_large' });
      const bomb = await upload(new Uint8Array(gzipSync(Buffer.alloc(LIMIT + 1))));
      expect(bomb.body).toMatchObject({ status: 413, code: 'upload_too_large' });
      expect((await upload(CSV, { encoding: 'klingon' })).body).toMatchObject({
        status: 422,
        errors: [{ path: 'file', code: 'encoding_unknown' }],
      });
    });

    it('pages through datasets, newest first, and answers 404 for an unknown id', async () => {
      const first = await reach.api<{ items: Dataset[]; nextCursor: string }>('GET', '/v1/datasets?limit=2');
      const second = await reach.api<{ items: Dataset[] }>(
        'GET',
        `/v1/datasets?limit=2&cursor=${first.body.nextCursor}`,
      );
      const ids = [...first.body.items, ...second.body.items].map((d) => d.id);
      expect(ids).toEqual([...new Set(ids)].sort().reverse());
      expect((await reach.api('GET', '/v1/datasets/dts_nope')).status).toBe(404);
      expect((await reach.api('GET', '/v1/datasets/dts_nope/rejects.csv')).status).toBe(404);
    });
  });
});
