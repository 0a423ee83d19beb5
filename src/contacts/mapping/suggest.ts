import type { RawRecord } from '../files/csv.ts';
import type { FileFormat } from '../files/format.ts';
import { columnOf } from '../files/sample.ts';
import { parseConsent } from '../values/boolean.ts';
import { type InferredType, inferType } from '../values/infer.ts';
import { mask } from '../values/mask.ts';
import { isMissing } from '../values/missing.ts';
import { type ColumnMapping, type ColumnRole, type EventMapping, isMulti, isSingle, type Mapping } from './mapping.ts';

/** What was found out about one column of a file. */
export interface DetectedColumn extends InferredType {
  name: string;
  /** Share of the sample's rows with a value, 0 to 1. */
  filled: number;
  /** Different values in the sample. */
  distinct: number;
  /** A few values; masked where they may identify a person. */
  samples: string[];
  suggestion: ColumnMapping;
}

/** How a role is recognised: by the column's name, and by a form that most of its values must have. */
interface RoleRule {
  as: ColumnRole;
  name: RegExp;
  value?: RegExp;
}

const HASH = /^[0-9a-f]{64}$/i;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const PHONE = /^(?:tel:)?[+(]?\d[\d\s()./-]{6,}(?:\s*(?:x|ext\.?)\s*\d+)?$/i;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Forms that identify a person, whatever the column is called. */
const PERSONAL = /@|^[+\d][\d\s().-]{8,}$|^[0-9a-f-]{32,}$/i;

/** First match wins. Names are compared without case, accents of spelling and separators: `E-Mail 2` is `email2`. */
const RULES: RoleRule[] = [
  { as: 'consent', name: /(consent|optin|optedin|subscribed|marketingpermission)/ },
  {
    as: 'email',
    name: /(email|mailaddress|courriel|correo)/,
    value: new RegExp(`${EMAIL.source}|${HASH.source}`, 'i'),
  },
  {
    as: 'phone',
    name: /(phone|mobile(?!ad|id)|^mobile$|^tel|telefon|cell|msisdn)/,
    value: new RegExp(`${PHONE.source}|${HASH.source}`, 'i'),
  },
  { as: 'mobileAdId', name: /(madid|mobileadid|advertisingid|adid|idfa|gaid|aaid)/, value: UUID },
  { as: 'firstName', name: /^(first|fn$|given|forename|vorname|prenom)/ },
  { as: 'lastName', name: /^(last(?=name|$)|ln$|sur|family|nachname|nom$)/ },
  { as: 'gender', name: /^(gender|sex)$/ },
  { as: 'birthDate', name: /(birth|^dob)/ },
  { as: 'street', name: /^(street|address|address1|addressline1|streetaddress|strasse)$/ },
  { as: 'city', name: /^(city|town|ort|ville)$/ },
  { as: 'region', name: /^(state|region|province|county|bundesland)$/ },
  { as: 'postalCode', name: /^(zip|zipcode|post(al)?code|postal|plz)$/ },
  { as: 'country', name: /^(country|countrycode|land|pays)$/ },
  {
    as: 'externalId',
    name: /^(id|.*(customer|contact|client|user|member|crm|external|subscriber|account)(id|no|number|key|ref))$/,
  },
];
const KEY_PREFERENCE = ['externalId', 'email', 'phone', 'mobileAdId'] as const;
const ORDER_TIME = /(order|purchase|transaction|event|created)(ed)?(at|date|time|timestamp|on)|^(date|time|timestamp)$/;
const ORDER_VALUE = /(amount|total|value|price|revenue)/;
const ORDER_ID = /(order|transaction|event|invoice)(id|no|number)/;

const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Each column's type, filling and most likely meaning. */
export function detectColumns(format: FileFormat, sample: RawRecord[]): DetectedColumn[] {
  const detected = format.columns.map((name, index) => detectColumn(name, columnOf(sample, index)));
  keepFirstOfSingles(detected);
  return detected;
}

function detectColumn(name: string, cells: string[]): DetectedColumn {
  const values = cells.filter((cell) => !isMissing(cell));
  const inferred = inferType(cells);
  const distinct = new Set(values).size;
  const as = roleOf(name, values, inferred, distinct);
  const suggestion: ColumnMapping =
    as === 'trait' ? { column: name, as, trait: { type: inferred.type } } : { column: name, as };
  if (as === 'trait' && inferred.decimal === ',') suggestion.trait!.decimal = ',';
  if ((as === 'birthDate' || as === 'trait') && inferred.dateOrder) suggestion.dateOrder = inferred.dateOrder;
  const open = as === 'trait' && (inferred.type !== 'category' || distinct <= 50);
  const shown = [...new Set(values)]
    .slice(0, 3)
    .map((value) => (open && !PERSONAL.test(value) ? value.slice(0, 60) : mask(value)));
  const filled = cells.length === 0 ? 0 : values.length / cells.length;
  return { name, ...inferred, filled: Math.round(filled * 1000) / 1000, distinct, samples: shown, suggestion };
}

function roleOf(name: string, values: string[], inferred: InferredType, distinct: number): ColumnRole {
  const plain = plainName(name);
  const mostly = (form: RegExp) =>
    values.length > 0 && values.filter((v) => form.test(v)).length / values.length >= 0.6;
  const rule = RULES.find((r) => r.name.test(plain) && (!r.value || values.length === 0 || mostly(r.value)));
  if (rule?.as === 'consent' && values.some((v) => parseConsent(v) === undefined)) return 'trait';
  if (rule) return rule.as;
  if (mostly(EMAIL)) return 'email';
  if (mostly(HASH)) return 'ignore';
  // free text and codes of single people: nothing to cluster on
  const unique = values.length > 50 && distinct > values.length * 0.5;
  return values.length === 0 || (unique && inferred.type === 'category') ? 'ignore' : 'trait';
}

/** A second column for a field of one value would contradict the first: it is left out. */
function keepFirstOfSingles(columns: DetectedColumn[]): void {
  const taken = new Set<string>();
  for (const { suggestion } of columns) {
    const thing = suggestion.as === 'consent' ? 'consent' : isSingle(suggestion.as) ? suggestion.as : undefined;
    if (thing && taken.has(thing)) suggestion.as = 'ignore';
    else if (thing) taken.add(thing);
    if (suggestion.as === 'ignore') delete suggestion.consent;
  }
}

/** A mapping that can be imported as it is, or edited first; nothing when no column can be the key. */
export function suggestMapping(columns: DetectedColumn[], rows: number): Mapping | undefined {
  const key = KEY_PREFERENCE.map((as) => columns.find((c) => c.suggestion.as === as)).find((c) => c !== undefined);
  if (!key) return undefined;
  const base = { key: { column: key.name }, columns: columns.map((c) => c.suggestion) };
  const repeats = key.distinct < rows * key.filled * 0.95;
  const event = repeats ? suggestEvent(columns) : undefined;
  if (!event) return { kind: 'contacts', ...base };
  const inEvent = new Set([event.time, event.value, event.id, ...Object.values(event.properties ?? {})]);
  const others = columns.filter((c) => !inEvent.has(c.name));
  const describesPeople = others.some(
    (c) => c.name !== key.name && (isMulti(c.suggestion.as) || isSingle(c.suggestion.as)),
  );
  if (describesPeople) return { kind: 'contacts', ...base, columns: others.map((c) => c.suggestion), events: [event] };
  const properties = Object.fromEntries(others.filter((c) => c.suggestion.as === 'trait').map((c) => [c.name, c.name]));
  return { kind: 'events', key: base.key, columns: [key.suggestion], events: [{ ...event, properties }] };
}

/** A time and an amount in rows that repeat the key: orders. */
function suggestEvent(columns: DetectedColumn[]): EventMapping | undefined {
  const find = (name: RegExp, fits: (c: DetectedColumn) => boolean) =>
    columns.find((c) => name.test(plainName(c.name)) && fits(c))?.name;
  const time = find(ORDER_TIME, (c) => c.type === 'date');
  const value = find(ORDER_VALUE, (c) => c.type === 'number');
  if (!time || !value) return undefined;
  const id = find(ORDER_ID, () => true);
  return { stream: 'order', time, value, ...(id ? { id } : {}) };
}
