/** Nothing to see and nothing to say: zero-width blanks, soft hyphens, marks of writing direction, stray byte-order marks. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;
/** Joiners belong between letters of some scripts and between emoji, never beside ASCII or at an end. */
const STRAY_JOINER = /(?<!\P{ASCII})(?:\u200c|\u200d)|(?:\u200c|\u200d)(?!\P{ASCII})/gu;
const OTHER_BLANK = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;

/** `="02138"`: how Excel is made to keep a code as text. */
const TEXT_FORMULA = /^="((?:[^"]|"")*)"$/;
/** `'02138`, `'+1650…`, `'=1+1`: the apostrophe that makes a cell a text. `'t Hooft` and `'90s` keep theirs. */
const TEXT_MARK = /^'(?=[+\-=@(.\d])(?!\d\d(?:s|er)\b)/;

const APOSTROPHE = 0x27;
const EQUALS = 0x3d;
const BLANK = 0x20;
const LAST_PRINTABLE = 0x7e;

/**
 * A cell as its author saw it: trimmed, in Unicode's composed form (NFC), each kind of blank a plain one, without
 * invisible characters and without the marks by which spreadsheets keep codes as text. Also for names of columns.
 */
export function cleanCell(text: string): string {
  if (text === '') return text;
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  const bare = first > BLANK && first !== APOSTROPHE && first !== EQUALS && last > BLANK;
  return bare && isPlain(text) ? text : withoutMarks(visible(text));
}

/** Printable ASCII only. A loop, because nearly all cells are short and plain: a regular expression takes four times as long. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < BLANK || code > LAST_PRINTABLE) return false;
  }
  return true;
}

function visible(text: string): string {
  if (isPlain(text)) return text.trim();
  return text.normalize('NFC').replace(INVISIBLE, '').replace(STRAY_JOINER, '').replace(OTHER_BLANK, ' ').trim();
}

function withoutMarks(text: string): string {
  const formula = TEXT_FORMULA.exec(text);
  if (formula) return cleanCell(formula[1]!.replaceAll('""', '"'));
  return TEXT_MARK.test(text) ? cleanCell(text.slice(1)) : text;
}
