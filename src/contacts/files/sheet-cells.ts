/** What the format of a cell makes of its number. */
export interface CellFormat {
  date: boolean;
  time: boolean;
  /** Digits that a code such as a postal code is filled up to; 0 for other numbers. */
  digits: number;
}

/** Reads a number format such as `yyyy-mm-dd`, `[h]:mm` or `00000`. */
export function cellFormat(code: string): CellFormat {
  const [positive = ''] = code.split(';');
  const plain = positive.replaceAll(/"[^"]*"|\\.|_.|\*./g, '');
  const letters = plain.replaceAll(/\[(?!h|m|s)[^\]]*\]/gi, '').toLowerCase();
  if (/general|@/.test(letters)) return { date: false, time: false, digits: 0 };
  const time = /[hs]/.test(letters);
  const date = /[yd]/.test(letters) || (letters.includes('m') && !time);
  return { date, time, digits: /^0{2,}$/.test(letters) ? letters.length : 0 };
}

const DAY = 86_400_000;
/** Day 0 of the count that begins in 1900, after its 29 February that never was. */
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
const LAST_DAY = 2_958_465;

/** The text of a number as a CSV export would hold it; dates and times in ISO form. */
export function numberText(raw: string, format: CellFormat | undefined, from1904: boolean): string {
  const value = Number(raw);
  if (!Number.isFinite(value)) return raw;
  if (format && (format.date || format.time)) return dateText(value, format, from1904) ?? String(value);
  if (format && format.digits > 0 && Number.isInteger(value) && value >= 0)
    return String(value).padStart(format.digits, '0');
  if (/^-?\d+$/.test(raw)) return raw;
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(0) : String(value);
}

function dateText(days: number, format: CellFormat, from1904: boolean): string | undefined {
  if (days < 0 || days > LAST_DAY) return undefined;
  // before March 1900 Excel counts a day too few
  const shift = !from1904 && days > 0 && days < 60 ? 1 : 0;
  const at = new Date((from1904 ? EPOCH_1904 : EPOCH_1900) + Math.round((days + shift) * DAY * 1e-3) * 1e3);
  const [day, time] = at.toISOString().slice(0, 19).split('T') as [string, string];
  if (!format.date) return days < 1 ? time : `${day}T${time}`;
  return format.time && time !== '00:00:00' ? `${day}T${time}` : day;
}

/** Place of a column from 0 out of a reference such as `AB12`. */
export function columnIndex(reference: string): number {
  let index = 0;
  for (let i = 0; i < reference.length; i++) {
    const code = reference.charCodeAt(i) & ~32;
    if (code < 65 || code > 90) break;
    index = index * 26 + code - 64;
  }
  return index - 1;
}
