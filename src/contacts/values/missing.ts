/** What programs write where there is no value. */
const MARKS = [
  '- -- --- – — . .. ... ? ?? ??? / * #',
  'n/a na n.a. n.a n. a. #n/a #na #n/v #nv n/v nan null (null) [null] <null> {null} nil (nil) \\n none (none) [none] <none>',
  '<na> <nan> undefined (undefined) [undefined] (blank) (empty) [empty] <empty> <blank> (leer) (vide) (not set) (unknown)',
  '#value! #ref! #name? #div/0! #num! #null! #wert! #bezug! #zahl! #valeur! #valor! #valore!',
];

/** Words that people write where there is no value, by language. */
const WORDS: Record<string, string> = {
  en: 'unknown, not available, not applicable, not set, not specified, not provided, not given, not known, no value, no data, no answer, unspecified, missing, blank, empty',
  de: 'k.a., k.a, k. a., k/a, keine, kein, keiner, keine angabe, keine angaben, unbekannt, nicht angegeben, nicht bekannt, nicht verfügbar, ohne angabe, entfällt, leer, n.v., n. v.',
  fr: 'aucun, aucune, inconnu, inconnue, non renseigné, non renseignée, non disponible, non précisé, non communiqué, non applicable, sans objet, néant, vide, n.d., n/d, n.c., n/c, s.o.',
  es: 'sin, sin datos, sin dato, sin especificar, sin informar, ninguno, ninguna, desconocido, desconocida, no disponible, no aplica, no especificado, nulo, vacío, s/d, s.d.',
  it: 'nessuno, nessuna, nessun dato, sconosciuto, sconosciuta, non disponibile, non applicabile, non specificato, non indicato, nullo, vuoto',
  nl: 'geen, onbekend, niet beschikbaar, niet bekend, niet opgegeven, niet van toepassing, n.v.t., nvt, leeg',
  pt: 'nenhum, nenhuma, sem, sem dados, sem informação, desconhecido, desconhecida, não disponível, não aplicável, não se aplica, não informado, não especificado, vazio',
};

const MISSING = new Set([
  '',
  ...MARKS.flatMap((line) => line.split(' ')),
  'n. a.',
  '(not set)',
  ...Object.values(WORDS).flatMap((words) => words.split(', ')),
]);

/** Bit n of a place is set where some word that begins with that ASCII letter has n letters. */
const LENGTHS = new Int32Array(128);
const LONGEST = 31;
for (const word of MISSING) {
  for (const first of [word.charCodeAt(0), word.toUpperCase().charCodeAt(0)])
    if (first < 128) LENGTHS[first]! |= 1 << word.length;
}

/** True where a cell says that there is no value: empty, `N/A`, `NULL`, `-`, `keine Angabe`, … Blanks around count. */
export function isMissing(text: string): boolean {
  if (text.length > LONGEST) return false;
  const first = text.charCodeAt(0);
  if (first < 128 && first > 32 && ((LENGTHS[first]! >> text.length) & 1) === 0) return false;
  return MISSING.has(text.trim().toLowerCase());
}

/** Words of the list that are also names of people or places, as such names are written: in no other case. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  firstName: ['Na', 'Nan', 'Nil', 'Sin'],
  lastName: ['Null', 'Na', 'Nan', 'Nil', 'Sin', 'Sem', 'Kein', 'Keiner', 'Leer', 'Blank', 'Vide'],
  city: ['Nan', 'Leer', 'Sin'],
};

const CODE = /^[A-Z]{2,5}$/;
const MARKETS = new Set(['EMEA', 'APAC', 'LATAM', 'AMER', 'EU']);

/**
 * Texts that `isMissing` would drop and that are values in this column: names in a field of names, and `NA` (Namibia,
 * North America, Naples) where the column proves that it is a code. `NULL` is nobody's last name; `Null` is somebody's.
 */
export function realWords(field: string, cells: readonly string[]): readonly string[] {
  return NAMES[field] ?? (naIsCode(cells) ? ['NA'] : []);
}

/** Codes in capitals, and either other markets beside it or cells that are left empty where there is no value. */
function naIsCode(cells: readonly string[]): boolean {
  if (!cells.includes('NA')) return false;
  const others = cells.filter((cell) => cell !== 'NA' && !isMissing(cell));
  if (others.length === 0 || !others.every((cell) => CODE.test(cell))) return false;
  return cells.includes('') || others.some((cell) => MARKETS.has(cell));
}
