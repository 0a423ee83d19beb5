import fc from 'fast-check';
import type { Capabilities, DestinationDefinition, Segment } from '../../connectors/destination.ts';
import { facebook } from '../../connectors/facebook/definition.ts';
import { google } from '../../connectors/google/definition.ts';
import { sftp } from '../../connectors/sftp/definition.ts';
import { layOut } from './layout.ts';
import { NO_BASIS, type ReplacementBasis } from './replacements.repository.ts';
import type { StaleForms } from './stale-forms.repository.ts';
import { NO_COUNTS, type SegmentCounts } from './states.ts';

const segment = { key: 'p1' } as Segment;

interface Case {
  capabilities?: Capabilities;
  counts?: Partial<SegmentCounts>;
  basis?: Partial<ReplacementBasis>;
  mode?: 'mirror' | 'add-only' | 'remove-only' | 'changes';
  resync?: boolean;
  retryRefused?: boolean;
  stale?: StaleForms;
  adopted?: boolean;
}

const parts = ({
  capabilities = facebook.capabilities,
  counts,
  basis,
  mode = 'mirror',
  resync = false,
  retryRefused = false,
  stale,
  adopted,
}: Case) =>
  layOut(
    { id: 'run_1', resync, retryRefused },
    { accountId: 'acc_1', mode },
    capabilities,
    { segment, counts: { ...NO_COUNTS, ...counts }, adopted },
    { ...NO_BASIS, ...basis },
    stale,
  ).map(({ phase, direction, replaces, actions, estimated }) => {
    const way = replaces ? 'replace' : direction;
    return `${phase} ${way} ${actions.join('+')} ${estimated}`;
  });

describe('the uploads of a segment', () => {
  it.each<[string, Case, string[]]>([
    ['nothing where nothing changed', { counts: { unchanged: 50 } }, []],
    [
      'old keys out, new ones in, leavers last',
      { capabilities: google.capabilities, counts: { adds: 1, changes: 2, outdated: 1, removes: 3, unchanged: 90 } },
      ['1 remove outdated 1', '2 add add+change+refresh+restate 3', '3 remove remove 3'],
    ],
    [
      'no old keys out where nobody is removed for leaving',
      { counts: { adds: 1, changes: 2, unchanged: 90 }, mode: 'add-only', resync: true },
      ['2 add add+change+refresh+restate 3'],
    ],
    [
      'a file with everyone',
      { capabilities: sftp.capabilities, counts: { removes: 1, unchanged: 9 } },
      ['2 add add+change+refresh+unchanged 9'],
    ],
    [
      'everyone at once in one batch in place of two',
      { counts: { adds: 1, removes: 1, unchanged: 90 } },
      ['3 replace add+change+refresh+unchanged 91'],
    ],
    [
      'the difference where the audience was there before and may hold others',
      { counts: { adds: 1, removes: 1, unchanged: 90 }, adopted: true },
      ['2 add add+change+refresh+restate 1', '3 remove remove 1'],
    ],
    [
      'the difference where only the refused are tried again, since nobody else is to be sent',
      { counts: { adds: 1, removes: 1, unchanged: 90 }, retryRefused: true },
      ['2 add add+change+refresh+restate 1', '3 remove remove 1'],
    ],
    [
      'a resync at once, even of an audience that was there before',
      { counts: { refreshes: 90 }, resync: true, adopted: true },
      ['3 replace add+change+refresh+unchanged 90'],
    ],
    [
      'the difference where that takes fewer batches',
      { counts: { adds: 1, removes: 1, unchanged: 90_000 } },
      ['2 add add+change+refresh+restate 1', '3 remove remove 1'],
    ],
    [
      'the difference where people of several rows make the whole dear',
      { counts: { adds: 1, removes: 1, unchanged: 9_000 }, basis: { weight: 3 } },
      ['2 add add+change+refresh+restate 1', '3 remove remove 1'],
    ],
    ['a resync at once', { counts: { refreshes: 90 }, resync: true }, ['3 replace add+change+refresh+unchanged 90']],
    [
      'a resync, early where others move in',
      { counts: { adds: 1, refreshes: 90 }, resync: true, basis: { movesIn: 1 } },
      ['2 replace add+change+refresh+unchanged 91'],
    ],
    [
      'a resync, late where some move out, and who moves in before that',
      { counts: { adds: 2, removes: 1, refreshes: 90 }, resync: true, basis: { movesIn: 1, movesOut: 1 } },
      ['2 add add 2', '3 replace add+change+refresh+unchanged 92'],
    ],
    [
      'a resync that is swept: whom we know to have left is removed all the same',
      {
        capabilities: google.capabilities,
        counts: { changes: 1, outdated: 1, removes: 2, refreshes: 90 },
        resync: true,
      },
      ['1 remove outdated 1', '2 replace add+change+refresh+restate 91', '3 remove remove 2'],
    ],
    [
      'stale forms out with old keys, and with leavers',
      {
        capabilities: google.capabilities,
        counts: { refreshes: 3 },
        stale: { staying: [3, 1], restated: 3, leaving: [2, 1] },
      },
      [
        '2 add add+change+refresh+restate 3',
        '1 remove stale 3',
        '1 remove stale-2 1',
        '3 remove stale-leaver 2',
        '3 remove stale-leaver-2 1',
      ],
    ],
    [
      'no stale forms where all are replaced at once',
      { counts: { refreshes: 90 }, resync: true, stale: { staying: [2], restated: 2, leaving: [1] } },
      ['3 replace add+change+refresh+unchanged 90'],
    ],
    ['removals where a resync finds nobody', { counts: { removes: 5 }, resync: true }, ['3 remove remove 5']],
    [
      'the difference where a resync is more than one replacement can bring',
      { counts: { refreshes: 40_000_000 }, resync: true },
      ['2 add add+change+refresh+restate 40000000'],
    ],
    [
      'no replacement by adding only',
      { counts: { refreshes: 9 }, mode: 'add-only', resync: true },
      ['2 add add+change+refresh+restate 9'],
    ],
    [
      'no replacement by removing only',
      { counts: { removes: 9 }, mode: 'remove-only', resync: true },
      ['3 remove remove 9'],
    ],
  ])('are %s', (_, given, wanted) => {
    expect(parts(given)).toEqual(wanted);
  });

  it('tell audiences that were there before by the options', () => {
    const { adopts: facebookAdopts } = facebook as DestinationDefinition;
    const { adopts: googleAdopts } = google as DestinationDefinition;
    expect([{ audienceId: '1' }, {}].map((options) => facebookAdopts?.(options))).toEqual([true, false]);
    expect([{ listId: '1' }, {}].map((options) => googleAdopts?.(options))).toEqual([true, false]);
  });

  it('bring every member and let every leaver go, whatever the plan', () => {
    const few = fc.nat({ max: 30_000 });
    const counts = fc.record({ adds: few, changes: few, outdated: few, refreshes: few, removes: few, unchanged: few });
    const basis = fc.record({
      weight: fc.constantFrom(1, 3),
      movesIn: fc.nat({ max: 1 }),
      movesOut: fc.nat({ max: 1 }),
    });
    fc.assert(
      fc.property(counts, basis, fc.boolean(), (planned, given, resync) => {
        const uploads = layOut(
          { id: 'run_1', resync, retryRefused: false },
          { accountId: 'acc_1', mode: 'mirror' },
          { ...facebook.capabilities, batchSize: 10_000 },
          { segment, counts: { ...NO_COUNTS, ...planned } },
          { ...NO_BASIS, ...given },
        );
        const sent = (direction: string) =>
          new Set(uploads.filter((u) => u.direction === direction).flatMap((u) => u.actions));
        const replaced = uploads.some(({ replaces }) => replaces);
        for (const [action, count] of [
          ['add', planned.adds],
          ['change', planned.changes],
          ['refresh', planned.refreshes],
        ] as const)
          if (count > 0) expect(sent('add').has(action)).toBe(true);
        if (planned.removes > 0) expect(replaced || sent('remove').has('remove')).toBe(true);
        if (planned.outdated > 0) expect(replaced || sent('remove').has('outdated')).toBe(true);
        expect(new Set(uploads.map(({ id }) => id)).size).toBe(uploads.length);
      }),
    );
  });
});
