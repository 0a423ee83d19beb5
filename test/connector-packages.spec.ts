import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadSettings } from '../config/settings.ts';
import { labelledFields, secretFields } from '../connectors/declared.ts';
import { loadPackages } from '../connectors/packages.ts';
import { rehearsalEnvironment } from '../connectors/rehearsal.ts';
import { createRegistry, describeDestination } from '../src/connections/destinations.ts';

/** Packages as a stranger would publish them: plain JavaScript, nothing of ours installed. */

const GOOD = `
class Settings {}
class Options {}
export default (kit) => {
  kit.declareFields(Settings, { token: [kit.Label('Token'), kit.Secret(), kit.rules.IsString()] });
  return {
    type: 'shelf',
    title: 'Shelf',
    summary: 'Puts people on a shelf.',
    settings: Settings,
    options: Options,
    errors: kit.httpErrors([]),
    encoder: (context) => kit.encoder(context),
    open: async () => { throw new kit.DestinationError('config', 'The shelf is closed.'); },
    capabilities: {
      modes: ['add-only'], representations: ['hashed'], matchKeys: ['EMAIL'], defaultMatchKeys: ['EMAIL'], batchSize: 10,
      memberFloor: 0, mirrorBy: 'diff', confirmsLater: false, carriesAttributes: 'description',
      confirmation: { firstSeconds: 0, factor: 2, maxSeconds: 60, giveUpSeconds: 300 },
    },
  };
};`;
const PACKAGES: Record<string, string> = {
  'reach-shelf': GOOD,
  '@acme/reach-two': GOOD.replace('return {', 'return [{')
    .replace(/};\n};$/, '}];\n};')
    .replace("'shelf'", "'acme-shelf'"),
  'reach-again': GOOD.replace("'shelf'", "'facebook'"),
  'reach-faulty': GOOD.replace("'shelf'", "'The Shelf'").replace('batchSize: 10', 'batchSize: 0'),
  'reach-shapeless': 'export default () => ({ type: 7, capabilities: null });',
  'reach-object': 'export default { type: "shelf" };',
  'reach-empty': 'export default () => [];',
  'reach-throwing': 'throw new Error("no licence");',
  'reach-unreadable': 'export default (',
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reach-packages-'));
  for (const [name, source] of Object.entries(PACKAGES)) {
    const home = join(folder, 'node_modules', name);
    mkdirSync(home, { recursive: true });
    writeFileSync(
      join(home, 'package.json'),
      JSON.stringify({ name, version: '1.0.0', type: 'module', exports: './index.js' }),
    );
    writeFileSync(join(home, 'index.js'), source);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a package brings a destination like ours: described, with sealed secrets, and our errors', async () => {
  const [shelf] = await loadPackages(['reach-shelf'], [join(folder, 'nowhere'), folder]);
  expect(describeDestination(shelf!).settings).toEqual([
    { name: 'token', label: 'Token', secret: true, required: true, kind: 'text' },
  ]);
  expect([secretFields(shelf!.settings), labelledFields(shelf!.settings).length]).toEqual([['token'], 1]);
  await expect(shelf!.open({}, rehearsalEnvironment())).rejects.toMatchObject({
    name: 'DestinationError',
    code: 'config',
  });
});

test('scoped packages, several destinations in one, and paths', async () => {
  const path = join(folder, 'node_modules/reach-shelf/index.js');
  const loaded = await loadPackages(['@acme/reach-two', path], [folder]);
  expect(loaded.map(({ type }) => type)).toEqual(['acme-shelf', 'shelf']);
});

describe('boot is refused, naming the package and what is wrong', () => {
  test.each([
    ['reach-missing', /reach-missing: is not installed; looked from /],
    [
      'reach-faulty',
      /reach-faulty: The Shelf: type must be lower-case[\s\S]*reach-faulty: The Shelf: batchSize must be above 0/,
    ],
    ['reach-shapeless', /reach-shapeless: type must be a string[\s\S]*capabilities must be an object/],
    ['reach-object', /reach-object: must export by default a function/],
    ['reach-empty', /reach-empty: makes no destination/],
    ['reach-throwing', /reach-throwing: fails while loading: no licence/],
    ['reach-unreadable', /reach-unreadable: fails while loading: /],
  ])('%s', async (name, words) => {
    await expect(loadPackages(['reach-shelf', name], [folder])).rejects.toThrow(words);
  });

  test('all at once', async () => {
    const error = await loadPackages(['reach-missing', 'reach-empty', 'reach-object'], [folder]).catch((e: Error) => e);
    expect((error as unknown as { faults: string[] }).faults).toHaveLength(3);
  });

  test('a destination of ours cannot be replaced', async () => {
    const path = join(folder, 'node_modules/reach-again/index.js');
    await expect(createRegistry([path])).rejects.toThrow('facebook: declared twice');
    expect((await createRegistry()).get('facebook')?.title).not.toBe('Shelf');
  });
});

test('settings name packages, separated by commas', () => {
  expect(loadSettings({ REACH_CONNECTORS: 'reach-shelf, @acme/reach-two,' }).REACH_CONNECTORS).toEqual([
    'reach-shelf',
    '@acme/reach-two',
  ]);
  expect(loadSettings({}).REACH_CONNECTORS).toEqual([]);
});
