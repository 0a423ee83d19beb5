import { countryCode } from '../../identity/countries.ts';

/** An address that came in one cell. */
export interface CellAddress {
  street: string;
  city: string;
  region?: string;
  postalCode: string;
  country?: string;
}

const POSTAL_CODE = /^(?=.*\d)[A-Z\d][A-Z\d -]{2,9}$/i;
/** `Springfield IL 62701 US`, `Springfield, IL 62701` */
const TAIL = /^(.+?)[\s,]+([A-Z]{2,3})[\s,]+(\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?:[\s,]+(\p{L}[\p{L} .]*))?$/u;
/** `10115 Berlin`, `10115 Berlin Germany` is not certain. */
const CODE_CITY = /^(?:[A-Z]{1,2}-)?(\d{4,5})\s+(\D+)$/;

/**
 * The parts of an address whose form is certain, as Mailchimp and address books write it: parts divided by two blanks or
 * line breaks, the street first, then city, region and postal code, the country last. Nothing for any other.
 */
export function oneCellAddress(text: string): CellAddress | undefined {
  const parts = text
    .split(/\s*[\n\r]+\s*|\s{2,}/)
    .map((part) => part.replace(/^[\s,]+|[\s,]+$/g, ''))
    .filter(Boolean);
  if (parts.length < 2) return undefined;
  const country = parts.length > 2 ? countryCode(parts.at(-1)!) : undefined;
  const rest = country ? parts.slice(0, -1) : parts;
  return ofTail(rest, country) ?? ofParts(rest, country);
}

function ofTail(parts: string[], known: string | undefined): CellAddress | undefined {
  const last = parts.at(-1)!;
  const street = parts.slice(0, -1).join(' ');
  if (!street) return undefined;
  const tail = TAIL.exec(last);
  if (tail) {
    const [, city = '', region, postalCode = '', named] = tail;
    const country = named ? countryCode(named) : known;
    return named && !country ? undefined : { street, city, region, postalCode, ...(country ? { country } : {}) };
  }
  const [, postalCode, city] = CODE_CITY.exec(last) ?? [];
  return postalCode && city ? { street, city, postalCode, ...(known ? { country: known } : {}) } : undefined;
}

/** `1 Main St  Springfield  IL  62701` with the country taken off. */
function ofParts(parts: string[], country: string | undefined): CellAddress | undefined {
  const postalCode = parts.at(-1)!;
  if (parts.length < 3 || !POSTAL_CODE.test(postalCode)) return undefined;
  const hasRegion = parts.length > 3 && /^\p{L}[\p{L} .]*$/u.test(parts.at(-2)!);
  const [street, city] = [parts.slice(0, hasRegion ? -3 : -2).join(' '), parts.at(hasRegion ? -3 : -2)!];
  if (!street || /\d/.test(city)) return undefined;
  return { street, city, ...(hasRegion ? { region: parts.at(-2)! } : {}), postalCode, ...(country ? { country } : {}) };
}
