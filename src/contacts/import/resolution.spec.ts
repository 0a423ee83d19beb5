import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { AccountId } from '../../accounts/auth.ts';
import { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { sha256 } from '../../identity/hash.ts';
import type { IdentityKind } from '../../identity/identity-keys.ts';
import { contactIdOf } from './identifiers.ts';
import { ResolutionRepository } from './resolution.repository.ts';

/** A value of one of the kinds by which people are recognised: `shop 1`, `mail a`. */
type Value = string;
interface Key {
  rank: number;
  value: Value;
}
/** Keys of a row in the order of their ranks. */
type Row = Key[];
/** Who is known by a value, since which file. */
type Stored = { value: Value; contact: string; since: number }[];

const KINDS: Record<string, [IdentityKind, string]> = {
  shop: ['external', 'shop'],
  crm: ['external', 'crm'],
  mail: ['email', ''],
  phone: ['phone', ''],
};
const kindOf = (value: Value) => KINDS[value.split(' ')[0]!]!;
const classOf = (value: Value) => value.split(' ')[0]!;
const founded = (account: string, value: Value) => contactIdOf(account, kindOf(value)[0], sha256(value));
const unique = <T>(list: T[]): T[] => [...new Set(list)];
const least = <T>(list: T[], by: (each: T) => (string | number)[]): T | undefined =>
  [...list].sort((a, b) => {
    const [x, y] = [by(a), by(b)];
    const at = x.findIndex((part, i) => part !== y[i]);
    return at === -1 ? 0 : x[at]! < y[at]! ? -1 : 1;
  })[0];

/** The rules of docs/architecture.md in plain code. @returns the contact of each row */
function resolve(account: string, stored: Stored, rows: Row[]): string[] {
  const names = rows.map((row) => founded(account, row[0]!.value));
  const groups = unique(names).map((name) => {
    const own = rows.filter((_, i) => names[i] === name);
    return { name, lead: own[0]![0]!.value, level: Math.min(...own.map((row) => row[0]!.rank)), links: own.flat() };
  });
  const owners = new Map<string, string>();
  for (const { name, lead } of groups) {
    const holders = stored.filter(({ value }) => value === lead);
    const owner = least(holders, ({ contact, since }) => [since, contact === name ? 0 : 1, contact]);
    if (owner) owners.set(name, owner.contact);
  }
  const ownerOf = (name: string) => owners.get(name) ?? name;
  for (const level of unique(groups.map((group) => group.level)).sort()) {
    const open = groups.filter((group) => group.level === level && !owners.has(group.name));
    const placed = groups
      .filter((group) => group.level < level || owners.has(group.name))
      .flatMap(({ name, links }) => links.map(({ value }) => ({ value, contact: ownerOf(name), since: 1000 })));
    const held = [...stored, ...placed];
    const picks = open.flatMap(({ name, links }) => {
      const candidates = links.flatMap(({ rank, value }) =>
        held.filter((each) => each.value === value).map(({ contact, since }) => ({ rank, contact, since })),
      );
      const fitting = candidates.filter(({ rank, contact }) => !clashes(links, rank, held, contact));
      const since = (of: string) => Math.min(...candidates.filter((c) => c.contact === of).map((c) => c.since));
      const best = least(fitting, (each) => [each.rank, since(each.contact), each.contact]);
      return best ? [{ name, rank: best.rank, contact: best.contact }] : [];
    });
    const taken = new Set<string>();
    for (const { name, rank, contact } of picks.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (rank > level && taken.has(contact)) continue;
      if (rank > level) taken.add(contact);
      owners.set(name, contact);
    }
  }
  return names.map(ownerOf);
}

/** Whether a contact has another value of a key that comes before the link that leads to it. */
function clashes(links: Key[], rank: number, held: Stored, contact: string): boolean {
  const before = unique(links.filter((link) => link.rank < rank).map(({ value }) => classOf(value)));
  return before.some((of) => {
    const theirs = held.filter((each) => each.contact === contact && classOf(each.value) === of);
    return theirs.length > 0 && !theirs.some(({ value }) => links.some((link) => link.value === value));
  });
}

describe('identity resolution', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'reach-resolution-'));
  let warehouse: Warehouse;
  let resolution: ResolutionRepository;
  let accounts = 0;
  let files = 0;
  beforeAll(async () => {
    warehouse = await Warehouse.open({ dataDir, memory: 2_000_000_000 });
    resolution = new ResolutionRepository(warehouse);
  });
  afterAll(async () => {
    await warehouse.close();
    rmSync(dataDir, { recursive: true });
  });

  /** Resolves the rows of a file as an import does. @returns the contact of each row */
  async function resolved(account: string, rows: Row[], version: number): Promise<string[]> {
    const importId = `file-${++files}`;
    const ids = rows.map((row) => founded(account, row[0]!.value));
    await warehouse.insert(
      'import_contacts',
      rows.map((row, line) => ({
        account_id: account,
        import_id: importId,
        contact_id: ids[line],
        line,
        id_kinds: row.map(({ value }) => kindOf(value)[0]),
        id_namespaces: row.map(({ value }) => kindOf(value)[1]),
        id_hashes: row.map(({ value }) => sha256(value)),
        id_ranks: row.map(({ rank }) => rank),
      })),
    );
    await resolution.resolve(account as AccountId, { importId, version }, rows.length);
    const moved = await warehouse.query<{ derived: string; owner: string }>(
      `SELECT derived, contact_id AS owner FROM import_resolution WHERE import_id = {importId:String} AND step = 'owner'`,
      { importId },
    );
    const owners = new Map(moved.map(({ derived, owner }) => [derived, owner]));
    return ids.map((id) => owners.get(id) ?? id);
  }

  async function index(account: string, rows: Row[], owners: string[], version: number): Promise<void> {
    const identities = rows.flatMap((row, i) => row.map(({ value }) => ({ value, contact_id: owners[i] })));
    await warehouse.insert(
      'identities',
      identities.map(({ value, contact_id }) => {
        const [kind, namespace] = kindOf(value);
        return { account_id: account, kind, namespace, hash: sha256(value), contact_id, since: version };
      }),
    );
  }

  const kinds = fc.shuffledSubarray(['shop', 'crm', 'mail', 'phone', 'mail'], { minLength: 1 });
  const file = kinds.chain((keys) => {
    const cell = (kind: string) =>
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }).map((names) => names.map((name) => `${kind} ${name}`));
    const row = fc
      .tuple(...keys.map(cell))
      .map((cells) => cells.flatMap((values, i): Row => [...new Set(values)].map((value) => ({ rank: i + 1, value }))))
      .map((row) => row.filter(({ value }, i) => row.findIndex((key) => key.value === value) === i))
      .filter((row) => row.length > 0);
    return fc.array(row, { minLength: 1, maxLength: 7 });
  });

  it('assigns rows to the contacts that the rules name, in any order of files and on any attempt', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 3 }), async (given) => {
        const account = `account-${++accounts}`;
        const stored: Stored = [];
        for (const [i, rows] of given.entries()) {
          const version = i + 1;
          const expected = resolve(account, stored, rows);
          expect(await resolved(account, rows, version)).toEqual(expected);
          expect(await resolved(account, rows.toReversed(), version)).toEqual(expected.toReversed());
          await index(account, rows, expected, version);
          // an attempt after a crash meets what the one before had written
          expect(await resolved(account, rows, version)).toEqual(expected);
          for (const [n, row] of rows.entries())
            for (const { value } of row)
              if (!stored.some((each) => each.value === value && each.contact === expected[n]))
                stored.push({ value, contact: expected[n]!, since: version });
        }
      }),
      { numRuns: 40 },
    );
  }, 600_000);

  it('assigns rows with the same first key to the same contacts when a file is imported again', async () => {
    await fc.assert(
      fc.asyncProperty(file, async (rows) => {
        const account = `account-${++accounts}`;
        const owners = await resolved(account, rows, 1);
        await index(account, rows, owners, 1);
        const again = await resolved(account, rows, 2);
        expect(unique(again).every((owner) => owners.includes(owner))).toBe(true);
      }),
      { numRuns: 15 },
    );
  }, 600_000);

  /** `check` asks for the contact of a row of a file, both from 1. */
  it.each<[string, Row[][], (at: (file: number, row: number) => string) => void]>([
    [
      'joins a row to the contact of its e-mail when its id is new and the contact has none of that shop',
      [
        [[{ rank: 1, value: 'mail a' }]],
        [
          [
            { rank: 1, value: 'shop 1' },
            { rank: 2, value: 'mail a' },
          ],
        ],
      ],
      (at) => expect(at(2, 1)).toBe(at(1, 1)),
    ],
    [
      'keeps two ids of one shop apart that share an e-mail',
      [
        [
          [
            { rank: 1, value: 'shop 1' },
            { rank: 2, value: 'mail a' },
          ],
        ],
        [
          [
            { rank: 1, value: 'shop 2' },
            { rank: 2, value: 'mail a' },
          ],
        ],
      ],
      (at) => expect(at(2, 1)).not.toBe(at(1, 1)),
    ],
    [
      'joins ids of two sources by their e-mail',
      [
        [
          [
            { rank: 1, value: 'shop 201' },
            { rank: 2, value: 'mail a' },
          ],
        ],
        [
          [
            { rank: 1, value: 'crm 77' },
            { rank: 2, value: 'mail a' },
          ],
        ],
      ],
      (at) => expect(at(2, 1)).toBe(at(1, 1)),
    ],
    [
      'keeps equal ids of two sources apart',
      [[[{ rank: 1, value: 'shop 201' }]], [[{ rank: 1, value: 'crm 201' }]]],
      (at) => expect(at(2, 1)).not.toBe(at(1, 1)),
    ],
    [
      'makes one contact of two rows of a file, one of which has only the e-mail',
      [
        [
          [{ rank: 2, value: 'mail a' }],
          [
            { rank: 1, value: 'shop 1' },
            { rank: 2, value: 'mail a' },
          ],
        ],
      ],
      (at) => expect(at(1, 2)).toBe(at(1, 1)),
    ],
    [
      'leaves an e-mail to the contact that has had it for longest',
      [
        [
          [
            { rank: 1, value: 'shop 1' },
            { rank: 2, value: 'mail a' },
          ],
        ],
        [
          [
            { rank: 1, value: 'shop 2' },
            { rank: 2, value: 'mail a' },
          ],
        ],
        [[{ rank: 2, value: 'mail a' }]],
      ],
      (at) => expect(at(3, 1)).toBe(at(1, 1)),
    ],
  ])('%s', async (_, given, check) => {
    const account = `account-${++accounts}`;
    const all: string[][] = [];
    for (const [i, rows] of given.entries()) {
      const owners = await resolved(account, rows, i + 1);
      await index(account, rows, owners, i + 1);
      all.push(owners);
    }
    check((file, row) => all[file - 1]![row - 1]!);
  });
});
