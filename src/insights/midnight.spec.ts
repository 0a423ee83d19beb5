import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { midnight, midnights } from './persona-history.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/Santiago',
  'America/Havana',
  'America/Sao_Paulo',
  'America/Asuncion',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];
/** Days on which a clock skips or repeats midnight, or a whole day. */
const ODD_DAYS = ['2025-09-07', '2024-03-10', '2023-11-05', '2018-11-04', '2022-03-27', '2023-04-28', '2011-12-30'];
const QUARTER = 900_000;

/** The first instant of a day by the time zone data of JavaScript, found by trying every quarter of an hour. */
function firstInstant(day: string, timeZone: string): string {
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  let at = Date.parse(`${day}T00:00:00Z`) - 15 * 3_600_000;
  while (local.format(at) < day) at += QUARTER;
  return new Date(at).toISOString();
}

describe('the first instant of a day', () => {
  let warehouse: Warehouse;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'reach-'));
    warehouse = await Warehouse.open({ dataDir, memory: 1_000_000_000 });
  });
  afterAll(async () => {
    await warehouse.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it.each(ZONES)('is the one of the calendar in %s, also where the clock skips or repeats midnight', async (zone) => {
    const day = fc
      .date({ min: new Date('2010-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    const days = [...ODD_DAYS, ...fc.sample(day, 40)];
    const { found } = await warehouse.one<{ found: number[] }>(
      `SELECT arrayMap(at -> toUnixTimestamp64Milli(at), ${midnights('days', 'zone')}) AS found`,
      { days, zone },
    );
    const expected = days.map((each) => [each, firstInstant(each, zone)]);
    expect(days.map((each, i) => [each, new Date(found[i]!).toISOString()])).toEqual(expected);
  });

  it('is 01:00 in Santiago on the day on which the clock goes from 23:59 to 01:00', async () => {
    const { at } = await warehouse.one<{ at: string }>(`SELECT toString(${midnight('day', 'zone')}) AS at`, {
      day: '2025-09-07',
      zone: 'America/Santiago',
    });
    expect(at).toBe('2025-09-07 01:00:00.000');
  });
});
