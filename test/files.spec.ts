import { parse } from 'csv-parse/sync';
import { decrypt, generateKey, readMessage, readPrivateKey } from 'openpgp';
import { type Person, twoKinds, World } from './support/world.ts';

interface ProblemBody {
  errors: { path: string; message: string }[];
}

/** Deliveries of files by the whole service, where it has a part in how they look. */
describe('files', () => {
  let world: World;
  let people: Person[];
  let setId: string;
  let audienceId: string;
  let connectionId: string;

  beforeAll(async () => {
    world = await World.start({ env: { REACH_RETRY_SECONDS: '0' } });
    people = twoKinds(120);
    await world.importPeople(people);
    ({ setId } = await world.publishPersonas(2));
    audienceId = await world.audience({ name: 'Everyone', include: { condition: { everyone: true } } });
    connectionId = await world.connect('sftp');
  });
  afterEach(() => world.sandbox.sftp.reset());
  afterAll(() => world.close());

  const deliver = (options: object, more: object = {}) =>
    world.delivery({ name: 'Files', audienceId, connectionId, personaSetId: setId, options, ...more });
  const files = () => world.sandbox.sftp.files().filter((path) => !path.endsWith('.manifest.json'));
  const rowsOf = (path: string) => parse(world.sandbox.sftp.read(path), { columns: true }) as Record<string, string>[];

  describe('one for all personas', () => {
    const options = { oneFile: true, fileName: 'all.csv' };

    it('holds everyone with their persona, and is made anew when somebody moves', async () => {
      const deliveryId = await deliver(options, { splitByPersona: true, attributes: ['plan'] });
      const preview = await world.ask<{ segments: { key: string; counts: { adds: number } }[] }>(
        'POST',
        `/v1/deliveries/${deliveryId}/preview`,
      );
      expect(preview.segments.map(({ key, counts }) => [key, counts.adds])).toEqual([['all', 120]]);
      const first = await world.run(deliveryId);
      expect(first).toMatchObject({ verdict: 'confirmed' });
      expect(files()).toEqual(['/upload/all.csv']);
      const rows = rowsOf('/upload/all.csv');
      expect(rows).toHaveLength(120);
      const personaOf = new Map(rows.map((row) => [row.plan, row.persona_key]));
      expect(new Set(personaOf.values()).size).toBe(2);
      for (const row of rows) expect(row.persona_key).toBe(personaOf.get(row.plan));
      expect(rows.every(({ persona_name }) => persona_name !== '' && persona_name !== 'Everyone')).toBe(true);
      const manifest = JSON.parse(world.sandbox.sftp.text('/upload/all.csv.manifest.json'));
      expect(manifest.segment.key).toBe('all');
      expect(
        manifest.segment.personas.map((p: { brief: { personaKey: string } }) => p.brief.personaKey).sort(),
      ).toEqual([...personaOf.values()].sort());

      const mover = await world.contactId('c00000');
      const payload = await world.ask<{ segment: { key: string }; wire: string[] }>(
        'GET',
        `/v1/deliveries/${deliveryId}/payload?contactId=${mover}`,
      );
      expect(payload.segment.key).toBe('all');
      expect(payload.wire).toContain(personaOf.get('basic'));

      world.sandbox.sftp.reset();
      expect((await world.run(deliveryId)).segments[0]!.uploads).toEqual([]);
      expect(files()).toEqual([]);

      people[0] = { ...people[0]!, spend: 930, plan: 'premium' };
      await world.importPeople(people);
      await world.settled(setId);
      const second = await world.run(deliveryId);
      expect(second.segments.find(({ key }) => key === 'all')!.planned).toMatchObject({ changes: 1, unchanged: 119 });
      const again = rowsOf('/upload/all.csv');
      expect(again).toHaveLength(120);
      const count = (list: typeof rows) => list.filter((row) => row.persona_key === personaOf.get('premium')).length;
      expect([count(rows), count(again)]).toEqual([60, 61]);
    }, 180_000);

    it('is one file each without the option', async () => {
      await world.run(await deliver({ fileName: '{{persona.key}}.csv' }, { splitByPersona: true }));
      expect(files()).toHaveLength(2);
    });
  });

  it('are encrypted for the receiver, compressed inside, and only the receiver reads them', async () => {
    const { publicKey, privateKey } = await generateKey({ userIDs: [{ email: 'in@example.com' }], format: 'armored' });
    const run = await world.run(await deliver({ encryptTo: publicKey, fileName: 'all.csv', splitRows: 100 }));
    expect(run.verdict).toBe('confirmed');
    expect(files()).toEqual(['/upload/all_part-0001.csv.pgp', '/upload/all_part-0002.csv.pgp']);
    const decryptionKeys = await readPrivateKey({ armoredKey: privateKey });
    const rows: number[] = [];
    for (const path of files()) {
      const message = await readMessage({ binaryMessage: world.sandbox.sftp.read(path) });
      const { data } = await decrypt({ message, decryptionKeys });
      rows.push(parse(data as string, { columns: true }).length);
    }
    expect(rows).toEqual([100, 20]);
  });

  describe('an upload that is lost half-way begins again', () => {
    const losing = () =>
      world.sandbox.sftp.faults.add({ match: { method: 'CLOSE', path: '\\.part' }, do: 'reset', apply: true });
    const attempts = () =>
      world.sandbox.sftp.requests.filter(({ method, path }) => method === 'OPEN' && path.endsWith('restart.csv.part'))
        .length;

    it('where the server cannot go on in the middle of a file', async () => {
      const careful = await world.connect('sftp', { resume: false });
      const deliveryId = await deliver({ fileName: 'restart.csv' }, { connectionId: careful });
      losing();
      expect(await world.run(deliveryId)).toMatchObject({ verdict: 'confirmed' });
      expect(rowsOf('/upload/restart.csv')).toHaveLength(120);
      // Two for writing, one for reading back.
      expect(attempts()).toBe(3);
    });

    it('where the server has thrown the file away', async () => {
      const deliveryId = await deliver({ fileName: 'thrown.csv' });
      losing();
      world.sandbox.sftp.faults.add({ match: { method: 'STAT', path: '\\.part' }, do: 'status', status: 2 });
      expect(await world.run(deliveryId)).toMatchObject({ verdict: 'confirmed' });
      expect(rowsOf('/upload/thrown.csv')).toHaveLength(120);
    });

    it('and fails in words when that never ends', async () => {
      const careful = await world.connect('sftp', { resume: false });
      const deliveryId = await deliver({ fileName: 'endless.csv' }, { connectionId: careful });
      world.sandbox.sftp.faults.add({
        match: { method: 'CLOSE', path: '\\.part' },
        do: 'reset',
        apply: true,
        times: 'always',
      });
      const run = await world.run(deliveryId, 200_000);
      expect(run.verdict).toBe('failed');
      expect(run.segments[0]!.uploads[0]!.error).toMatchObject({
        code: 'restart',
        text: expect.stringMatching(/begin again/),
      });
    }, 240_000);
  });

  it.each<[string, object, string, RegExp]>([
    [
      'a column of nothing known',
      { columns: [{ source: 'EMAIL' }, { source: 'emial' }] },
      'columns[1].source',
      /EMAIL/,
    ],
    ['a column without a source', { columns: [{ header: 'x' }] }, 'columns[0].source', /string/],
    ['a digest that is none', { columns: [{ source: 'EMAIL', hash: 'rot13' }] }, 'columns[0].hash', /sha256/],
    [
      'a form of dates that is none',
      { columns: [{ source: 'DOB', dateFormat: 'YY' }] },
      'columns[0].dateFormat',
      /YYYY/,
    ],
    ['a field that columns lack', { columns: [{ source: 'EMAIL', width: 9 }] }, 'columns[0].width', /should not exist/],
    ['columns that are no list', { columns: 'EMAIL' }, 'columns', /array/],
    ['no columns', { columns: [] }, 'columns', /at least one/],
    ['a broken name', { fileName: '{{#audience}}.csv' }, 'fileName', /cannot be read/],
    ['a broken folder', { folder: '{{audience' }, 'folder', /cannot be read/],
    ['a folder that climbs', { folder: '../other' }, 'folder', /\.\./],
    ['a name with a colon', { fileName: 'seg_12:30.csv' }, 'fileName', /no ":"/],
    ['a name with a space', { fileName: 'all people.csv' }, 'fileName', /no " "/],
    ['a name with an accent', { fileName: 'été.csv' }, 'fileName', /no "é"/],
    ['a hidden name', { fileName: '.hidden.csv' }, 'fileName', /start with a letter or digit/],
    ['an endless name', { fileName: `${'a'.repeat(260)}.csv` }, 'fileName', /longer than 230/],
    ['a variable that there is not', { fileName: '{{personna}}.csv' }, 'fileName', /names "personna"/],
    ['a folder of a variable that there is not', { folder: 'in/{{week}}' }, 'folder', /names "week"/],
    ['a name with slashes', { fileName: 'a/b.csv' }, 'fileName', /slashes/],
    ['a packing that is none', { compression: 'rar' }, 'compression', /zip/],
    ['files of no bytes', { splitBytes: 1 }, 'splitBytes', /1000/],
    ['files of no rows', { splitRows: 0 }, 'splitRows', /1/],
    ['dates in words', { dateFormat: 'November' }, 'dateFormat', /YYYY-MM-DD/],
    ['one file in words', { oneFile: 'yes' }, 'oneFile', /boolean/],
    ['a key that is none', { encryptTo: 'secret' }, 'encryptTo', /BEGIN PGP PUBLIC KEY BLOCK/],
    ['a preset that is none', { preset: 'fax' }, 'preset', /mail-house/],
  ])('%s is refused with its path', async (_name, options, path, message) => {
    const body = { name: 'Bad', audienceId, connectionId, options };
    const answer = await world.reach.api<ProblemBody>('POST', '/v1/deliveries', body);
    expect(answer.status).toBe(422);
    const found = answer.body.errors.filter((error) => error.path === `options.${path}`);
    expect(found.map((error) => error.message).join()).toMatch(message);
  });

  it('a private key is refused without being repeated', async () => {
    const { privateKey } = await generateKey({ userIDs: [{ email: 'in@example.com' }], format: 'armored' });
    const body = { name: 'Bad', audienceId, connectionId, options: { encryptTo: privateKey } };
    const answer = await world.reach.api<ProblemBody>('POST', '/v1/deliveries', body);
    expect(answer.body.errors[0]).toMatchObject({
      path: 'options.encryptTo',
      message: expect.stringMatching(/public key/),
    });
    expect(JSON.stringify(answer.body)).not.toContain(privateKey.slice(60, 120));
  });
});
