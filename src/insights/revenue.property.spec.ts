import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { INTERVALS, type Interval, periodOf } from './period.ts';
import { PersonaInsightsRepository } from './personas.repository.ts';

/**
 * Revenue by persona and a plain sum over the raw events, written from docs/insights.md, must agree: on events without a
 * value, refunds, corrected events, time zones and moves between personas.
 */

const ZONES = ['UTC', 'Europe/Berlin', 'America/Santiago', 'Asia/Kolkata'];
/** Nights of the end and the beginning of summer time in Berlin and Santiago, and the end of a year. */
const BASES = ['2025-10-26T00:30:00Z', '2025-09-07T03:30:00Z', '2026-04-05T02:59:59.999Z', '2025-12-31T23:30:00Z'];
const HOUR = 3_600_000;

interface Event {
  at: number;
  /** In hundredths, so that the reference adds whole numbers. */
  cents: number | null;
}
interface Contact {
  events: Event[];
  /** Since when in which persona; in none where the key is empty. */
  moves: { at: number; to: string }[];
  now: string;
}

const instant = fc
  .tuple(fc.constantFrom(...BASES), fc.integer({ min: -60, max: 60 }))
  .map(([base, hours]) => Date.parse(base) + hours * HOUR);
const cents = fc.oneof(
  fc.constantFrom(null, 0, 10, 20, -30, 5050),
  fc.integer({ min: -99_999, max: 9_999_999_999_999 }),
);
const contact: fc.Arbitrary<Contact> = fc.record({
  events: fc.array(fc.record({ at: instant, cents }), { maxLength: 6 }),
  moves: fc.uniqueArray(fc.record({ at: instant, to: fc.constantFrom('x', 'y', '') }), {
    maxLength: 3,
    selector: ({ at }) => at,
  }),
  now: fc.constantFrom('x', 'y', ''),
});

interface Cell {
  cents: bigint;
  orders: number;
  valueless: number;
  refunds: number;
}

const localDay = (at: number, timeZone: string) => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(at);

function bucketOf(day: string, interval: Interval): string {
  if (interval === 'month') return `${day.slice(0, 8)}01`;
  const date = new Date(day);
  while (interval === 'week' && date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}

/** The persona that the contact was in at a time; the first known one counts for everything before it. */
function personaThen(moves: Contact['moves'], at: number): string {
  const inOrder = [...moves].sort((a, b) => a.at - b.at);
  return (inOrder.findLast((move) => move.at <= at) ?? inOrder[0])?.to ?? '';
}

function expectedCells(
  contacts: Contact[],
  { from, to, timeZone, interval }: { from: string; to: string; timeZone: string; interval: Interval },
  persona: 'then' | 'now',
): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const { events, moves, now } of contacts) {
    for (const { at, cents } of events) {
      const day = localDay(at, timeZone);
      if (day < from || day > to) continue;
      const key = `${bucketOf(day, interval)} ${persona === 'now' ? now : personaThen(moves, at)}`;
      const cell = cells.get(key) ?? { cents: 0n, orders: 0, valueless: 0, refunds: 0 };
      cells.set(key, cell);
      cell.cents += BigInt(cents ?? 0);
      if (cents !== null && cents < 0) cell.refunds++;
      else cell.orders++;
      if (cents === null) cell.valueless++;
    }
  }
  return cells;
}

let warehouse: Warehouse;
let repository: PersonaInsightsRepository;
const dataDir = mkdtempSync(join(tmpdir(), 'reach-revenue-'));
beforeAll(async () => {
  warehouse = await Warehouse.open({ dataDir, memory: 2e9 });
  repository = new PersonaInsightsRepository(undefined as unknown as Db, warehouse);
});
afterAll(async () => {
  await warehouse.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const iso = (at: number) => new Date(at).toISOString();

/** Each event is stored at another time and value first, and then corrected. */
async function store(account: string, contacts: Contact[]): Promise<void> {
  const events = contacts.flatMap(({ events }, i) =>
    events.map(({ at, cents }, j) => ({
      account_id: account,
      stream: 'order',
      contact_id: `con_${i}`,
      event_id: `${i}-${j}`,
      time: iso(at),
      value: cents === null ? null : cents / 100,
      version: 2,
    })),
  );
  await warehouse.insert(
    'events',
    events.map((event) => ({ ...event, time: iso(Date.parse(BASES[3]!)), value: 999, version: 1 })),
  );
  await warehouse.insert('events', events);
  await warehouse.insert(
    'persona_changes',
    contacts.flatMap(({ moves }, i) =>
      moves.map(({ at, to }) => ({
        account_id: account,
        persona_set_id: 's',
        contact_id: `con_${i}`,
        from_key: '',
        to_key: to,
        version_id: 'v',
        at: iso(at),
      })),
    ),
  );
  await warehouse.insert(
    'persona_assignments',
    contacts.map(({ now }, i) => ({
      account_id: account,
      version_id: 'v',
      contact_id: `con_${i}`,
      persona_key: now,
      revision: 1,
    })),
  );
}

it('sums revenue by persona and bucket exactly as the documentation says', async () => {
  let run = 0;
  const property = fc.asyncProperty(
    fc.array(contact, { minLength: 1, maxLength: 8 }),
    fc.constantFrom(...ZONES),
    fc.constantFrom(...INTERVALS),
    fc.constantFrom('then' as const, 'now' as const),
    async (contacts, timeZone, interval, persona) => {
      const account = `acc_${run++}` as AccountId;
      await store(account, contacts);
      const asked = { from: '2025-09-07', to: '2026-04-04', timeZone, interval };
      const found = await repository.revenue(account, {
        setId: 's',
        stream: 'order',
        period: periodOf(asked, new Date('2026-05-01')),
        versionId: persona === 'now' ? 'v' : undefined,
      });
      const cells = found.map(({ bucket, persona: key, revenue, orders, valueless, refunds }) => [
        `${bucket} ${key}`,
        { cents: BigInt(Math.round(revenue * 100)), orders, valueless, refunds },
      ]);
      expect(new Map(cells as [string, Cell][])).toEqual(expectedCells(contacts, asked, persona));
    },
  );
  await fc.assert(property, { numRuns: 40 });
}, 120_000);
