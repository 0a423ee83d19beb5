import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** A small seeded generator (mulberry32): the same file each time. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const NUMBERS = 10;
const CATEGORIES = 7;
const IDENTITY = [
  'customer_id',
  'email',
  'phone',
  'first_name',
  'last_name',
  'gender',
  'birth_date',
  'street',
  'city',
  'state',
  'zip',
  'country',
];
const TYPED = [
  'member',
  ...Array.from({ length: NUMBERS }, (_, i) => `n${i + 1}`),
  ...Array.from({ length: CATEGORIES }, (_, i) => `c${i + 1}`),
];
/** 30 columns: 12 of identity, 18 traits. */
export const COLUMNS = [...IDENTITY, ...TYPED];
const FIRST = ['Ada', 'José', 'Mary Ann', 'Li', 'Olga', 'Sean', 'Fatima', 'Jürgen'];
const LAST = ["O'Brien", 'Smith', 'García', 'Nguyen', 'Müller', 'Okafor', 'Rossi', 'de la Cruz'];
const CITIES = ['San José', 'New York', 'Chicago', 'Saint Paul', 'Winston-Salem'];
const STATES = ['CA', 'NY', 'IL', 'MN', 'NC'];

/**
 * Writes a CSV of people; each tenth row has a quoted cell.
 * @param changedEvery every row of so many has another last cell than in the file without changes
 * @returns its bytes
 */
export async function writePeople(
  path: string,
  rows: number,
  changedEvery = Number.POSITIVE_INFINITY,
): Promise<number> {
  const out = createWriteStream(path, { highWaterMark: 1 << 20 });
  const next = random(7);
  let text = `${COLUMNS.join(',')}\n`;
  let bytes = 0;
  for (let i = 0; i < rows; i++) {
    const row = person(i, next);
    text += `${(i + 1) % changedEvery === 0 ? row.replace(/[^,]*$/, 'changed') : row}\n`;
    if (text.length < 1 << 20 && i < rows - 1) continue;
    bytes += Buffer.byteLength(text);
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  }
  out.end();
  await once(out, 'finish');
  return bytes;
}

function person(i: number, next: () => number): string {
  const pick = <T>(list: T[]): T => list[Math.floor(next() * list.length)]!;
  const place = Math.floor(next() * CITIES.length);
  const street = `${1 + Math.floor(next() * 9999)} Main St`;
  const national = `212${String(2_000_000 + ((i * 7919) % 7_999_999))}`;
  const phone = i % 2 ? `+1${national}` : `(${national.slice(0, 3)}) ${national.slice(3, 6)}-${national.slice(6)}`;
  const born = `${1940 + Math.floor(next() * 65)}-${two(1 + next() * 12)}-${two(1 + next() * 28)}`;
  const identity = [
    `C${String(i).padStart(8, '0')}`,
    `person.${i}@example.com`,
    phone,
    pick(FIRST),
    pick(LAST),
    pick(['f', 'm', 'F', 'M', '']),
    born,
    i % 10 === 0 ? `"${street}, Apt ${i % 100}"` : street,
    CITIES[place],
    STATES[place],
    String(10_000 + Math.floor(next() * 89_999)),
    'US',
  ];
  const numbers = Array.from({ length: NUMBERS }, (_, k) =>
    next() < 0.05 ? '' : k % 2 ? Math.floor(next() * 1000) : (next() * 1000).toFixed(2),
  );
  const categories = Array.from({ length: CATEGORIES }, (_, k) => `value ${Math.floor(next() * (3 + k))}`);
  return [...identity, next() < 0.5 ? 'yes' : 'no', ...numbers, ...categories].join(',');
}

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
