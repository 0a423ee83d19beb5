import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { base, de, en, en_GB, Faker } from '@faker-js/faker';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify';

/** A public sample of 7,043 customers of a telephone company; see sandbox/demo/README.md. */
const TELCO = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? './telco-churn.csv' : '../../../sandbox/demo/telco-churn.csv',
    import.meta.url,
  ),
);

/** Each real row stands for this many made-up people with slightly different figures. */
const COPIES = 3;
const DAY = 86_400_000;

type TelcoRow = Record<string, string>;

export interface DemoData {
  contactsFile: string;
  ordersFile: string;
  contacts: number;
  orders: number;
}

/** Countries of the made-up people: how often, how their addresses and phones look. */
const COUNTRIES = [
  {
    code: 'US',
    share: 0.8,
    faker: new Faker({ locale: [en, base] }),
    phone: (f: Faker) =>
      `(${f.helpers.arrayElement(['212', '312', '415', '512', '617', '702', '206', '303', '404', '602'])}) ${f.string.numeric({ length: 1, exclude: ['0', '1', '5'] })}${f.string.numeric({ length: 2, exclude: ['1'] })}-${f.string.numeric(4)}`,
  },
  {
    code: 'GB',
    share: 0.12,
    faker: new Faker({ locale: [en_GB, en, base] }),
    phone: (f: Faker) => `07400 ${f.string.numeric(6)}`,
  },
  {
    code: 'DE',
    share: 0.08,
    faker: new Faker({ locale: [de, en, base] }),
    phone: (f: Faker) => `0151 ${f.string.numeric({ length: 1, exclude: ['0'] })}${f.string.numeric(7)}`,
  },
];

const CONTACT_COLUMNS = [
  'customer_id',
  'email',
  'second_email',
  'phone',
  'first_name',
  'last_name',
  'birth_date',
  'street',
  'city',
  'state',
  'postal_code',
  'country',
  'marketing_consent',
  'signup_date',
];
const TRAIT_COLUMNS = [
  'female',
  'senior_citizen',
  'partner',
  'dependents',
  'tenure',
  'phone_service',
  'multiple_lines',
  'internet_service',
  'online_security',
  'online_backup',
  'device_protection',
  'tech_support',
  'streaming_tv',
  'streaming_movies',
  'contract',
  'paperless_billing',
  'payment_method',
  'monthly_charges',
  'total_charges',
  'churn',
];

/**
 * Writes a contact file and an order file: real telephone customers with made-up names and addresses, and with the
 * faults that real files have (bad e-mails, phones without sense, hashed values between plain ones, a few broken rows).
 * The same `today` gives the same bytes.
 */
export async function writeDemoData(folder: string, today: Date, copies = COPIES): Promise<DemoData> {
  mkdirSync(folder, { recursive: true });
  const contactsFile = join(folder, 'customers.csv');
  const ordersFile = join(folder, 'orders.csv');
  const contacts = csvFile(contactsFile, [...CONTACT_COLUMNS, ...TRAIT_COLUMNS]);
  const orders = csvFile(ordersFile, ['order_id', 'customer_id', 'ordered_at', 'amount', 'product']);
  let people = 0;
  let orderCount = 0;
  for await (const row of createReadStream(TELCO).pipe(parse({ columns: true })) as AsyncIterable<TelcoRow>) {
    for (let copy = 0; copy < copies; copy++) {
      const id = ++people;
      const person = makePerson(id, row, today);
      await contacts.write(person);
      for (const order of makeOrders(id, person, today)) {
        await orders.write(order);
        orderCount++;
      }
    }
  }
  await contacts.raw('C-BROKEN-1,only,three\n');
  await contacts.raw('C-BROKEN-2,only,three\n');
  await Promise.all([contacts.end(), orders.end()]);
  return { contactsFile, ordersFile, contacts: people, orders: orderCount };
}

const customerId = (id: number) => `C-${String(id).padStart(6, '0')}`;

function makePerson(id: number, row: TelcoRow, today: Date): Record<string, string> {
  const country = pickCountry(id);
  const { faker } = country;
  faker.seed(id);
  const first = faker.person.firstName(row.female === '1' ? 'female' : 'male');
  const last = faker.person.lastName();
  const plainEmail = `${slug(first)}.${slug(last)}${id}@${faker.helpers.arrayElement(['example.com', 'example.org', 'example.net'])}`;
  const tenure = Math.max(0, Math.min(72, Number(row.tenure) + faker.number.int({ min: -1, max: 1 })));
  const monthly = Math.max(18, Number(row.monthly_charges) * faker.number.float({ min: 0.96, max: 1.04 }));
  const age =
    row.senior_citizen === '1' ? faker.number.int({ min: 66, max: 88 }) : faker.number.int({ min: 19, max: 65 });
  const born = new Date(
    Date.UTC(
      today.getUTCFullYear() - age,
      faker.number.int({ min: 0, max: 11 }),
      faker.number.int({ min: 1, max: 28 }),
    ),
  );
  const nameless = id % 211 === 0; // nothing that a platform could find them by
  return {
    ...row,
    customer_id: customerId(id),
    email: nameless ? '' : spoiltEmail(id, plainEmail),
    second_email: id % 9 === 0 && !nameless ? `${slug(last)}${id}@example.net` : '',
    phone: id % 41 === 0 ? '000 not a phone' : id % 7 === 0 || nameless ? '' : country.phone(faker),
    first_name: first,
    last_name: nameless ? '' : last,
    birth_date: isoDate(born),
    street: faker.location.streetAddress(),
    city: faker.location.city(),
    state: country.code === 'US' ? faker.location.state({ abbreviated: true }) : '',
    postal_code: faker.location.zipCode(country.code === 'US' ? '#####' : undefined),
    country: country.code,
    marketing_consent: id % 67 === 0 ? 'denied' : 'granted',
    signup_date: isoDate(new Date(today.getTime() - (tenure * 30 + (id % 28)) * DAY)),
    tenure: String(tenure),
    monthly_charges: monthly.toFixed(2),
    total_charges: (monthly * tenure).toFixed(2),
  };
}

/** What real columns hold between good addresses: faults, gaps and values that were hashed elsewhere. */
function spoiltEmail(id: number, email: string): string {
  if (id % 97 === 0) return email.replace('@', ' at ');
  if (id % 53 === 0) return '';
  if (id % 31 === 0) return createHash('sha256').update(email).digest('hex').toUpperCase();
  return id % 11 === 0 ? ` ${email.toUpperCase()} ` : email;
}

function* makeOrders(id: number, person: Record<string, string>, today: Date): Generator<Record<string, string>> {
  const months = Math.min(12, Number(person.tenure));
  const left = person.churn === 'Yes' ? 2 : 0;
  for (let month = left; month < months; month++) {
    if ((id + month) % 2 === 1) continue;
    const at = new Date(today.getTime() - (month * 30 + (id % 27)) * DAY - (id % 86_400) * 1000);
    const amount = Number(person.monthly_charges) * (1 + ((id * 7 + month * 3) % 10) / 50);
    const product = person.internet_service === 'No' ? 'phone' : person.internet_service === 'DSL' ? 'dsl' : 'fiber';
    yield {
      order_id: `O-${id}-${month}`,
      customer_id: customerId(id),
      ordered_at: at.toISOString(),
      amount: amount.toFixed(2),
      product,
    };
  }
}

function pickCountry(id: number) {
  const point = (id * 0.618_033_988_75) % 1;
  return point < COUNTRIES[0]!.share
    ? COUNTRIES[0]!
    : point < COUNTRIES[0]!.share + COUNTRIES[1]!.share
      ? COUNTRIES[1]!
      : COUNTRIES[2]!;
}

const isoDate = (date: Date) => date.toISOString().slice(0, 10);
const slug = (name: string) =>
  name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase();

function csvFile(path: string, columns: string[]) {
  const csv = stringify({ header: true, columns });
  const out = createWriteStream(path);
  csv.pipe(out, { end: false });
  const flushed = new Promise<void>((resolve, reject) => csv.once('end', resolve).once('error', reject));
  const tail: string[] = [];
  return {
    async write(row: Record<string, string>): Promise<void> {
      if (!csv.write(row)) await new Promise((resolve) => csv.once('drain', resolve));
    },
    async raw(line: string): Promise<void> {
      tail.push(line);
    },
    async end(): Promise<void> {
      csv.end();
      await flushed;
      await new Promise<void>((resolve, reject) => out.once('error', reject).end(tail.join(''), resolve));
    },
  };
}
