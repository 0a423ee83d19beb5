import { LANGUAGES } from './languages/index.ts';
import { ADDRESS_KINDS, type AddressKind, type Meaning } from './languages/language.ts';
import { joined, wordsOf } from './words.ts';

/** What a column can mean. */
export interface PossibleMeaning {
  meaning: Meaning;
  /** Place among the phrases of the meaning, from 0: `Street` before `Address line 1`. */
  rank: number;
  /** Only where the values agree. */
  isWeak: boolean;
}

/** Whose id a column holds. */
export type IdOf = 'person' | 'order' | 'other';

/** What the name of a column says. */
export interface HeaderReading {
  /** Several where only the values can decide, as with `Estado`: a region or a status. */
  meanings: PossibleMeaning[];
  /** Which of several addresses it belongs to, by kind and number; empty where it says nothing. */
  address: string;
  /** The kind of people whose id, name or address it is. */
  person?: string;
  id?: IdOf;
  /** It belongs to an order: `Order date`. */
  isOfOrder: boolean;
  /** It belongs to somebody or something else: `Owner ID`, `Company phone`. */
  isOfOther: boolean;
  /** Every word of the name is known. */
  isKnown: boolean;
}

/** What one word or phrase can stand for; in seven languages one word may be several things. */
interface Term {
  meanings: Map<Meaning, Omit<PossibleMeaning, 'meaning'>>;
  address?: AddressKind;
  /** The namespace of ids of a kind of people. */
  person?: string;
  isId?: boolean;
  isOrder?: boolean;
  isOther?: boolean;
  isFiller?: boolean;
}

/** A known term and the text that it was found in. */
interface Segment {
  term: Term;
  text: string;
}

const LONGEST_PHRASE = 6;
const LONGEST_NAME = 24;
/** Marks the phrases that count only as the whole name. */
const WHOLE = '^';
const VOCABULARY = vocabulary();

function vocabulary(): ReadonlyMap<string, Term> {
  const terms = new Map<string, Term>();
  const add = (list: string | undefined, note: (term: Term, rank: number, isWeak: boolean) => void) => {
    for (const [rank, phrase] of (list ?? '').split(', ').filter(Boolean).entries()) {
      const key = (phrase.includes('!') ? WHOLE : '') + phrase.replaceAll(/[ !?]/g, '');
      const term = terms.get(key) ?? { meanings: new Map() };
      terms.set(key, term);
      note(term, rank, phrase.endsWith('?'));
    }
  };
  for (const language of LANGUAGES) {
    for (const [meaning, list] of Object.entries(language.meanings) as [Meaning, string][])
      add(list, (term, rank, isWeak) => {
        const known = term.meanings.get(meaning);
        term.meanings.set(meaning, {
          rank: Math.min(rank, known?.rank ?? rank),
          isWeak: isWeak && (known?.isWeak ?? true),
        });
      });
    for (const kind of ADDRESS_KINDS)
      add(language.addresses[kind], (term) => {
        term.address ??= kind;
      });
    for (const [person, list] of Object.entries(language.people))
      add(list, (term) => {
        term.person ??= person;
      });
    for (const [flag, list] of [
      ['isId', language.ids],
      ['isOrder', language.orders],
      ['isOther', language.others],
      ['isFiller', language.fillers],
    ] as const)
      add(list, (term) => {
        term[flag] = true;
      });
  }
  return terms;
}

const NUMBER: Term = { meanings: new Map(), isFiller: true };
const DIGITS = /^\p{N}+$/u;

const termOf = (text: string): Term | undefined => VOCABULARY.get(text) ?? (DIGITS.test(text) ? NUMBER : undefined);

/** The words as known terms, the longest first; nothing where a word is unknown. */
function cover(words: readonly string[]): Segment[] | undefined {
  // from the end, so that what stands behind a phrase is known when it is tried
  const rests: (Segment[] | undefined)[] = [];
  rests[words.length] = [];
  for (let from = words.length - 1; from >= 0; from--) rests[from] = coverFrom(words, from, rests);
  return rests[0];
}

function coverFrom(
  words: readonly string[],
  from: number,
  rests: readonly (Segment[] | undefined)[],
): Segment[] | undefined {
  for (let length = Math.min(LONGEST_PHRASE, words.length - from); length > 0; length--) {
    const text = joined(words.slice(from, from + length));
    const rest = rests[from + length];
    const term = rest && termOf(text);
    if (term) return [{ term, text }, ...rest];
  }
  const rest = rests[from + 1];
  const parts = rest && partsOf(words[from]!);
  return parts && [...parts, ...rest];
}

/** A word that is two known words run together, as German writes them: `Rechnungsort`. */
function partsOf(word: string): [Segment, Segment] | undefined {
  for (let at = word.length - 2; at >= 3; at--) {
    const [first, second] = [word.slice(0, at), word.slice(at)];
    const terms = [VOCABULARY.get(first), VOCABULARY.get(second)];
    if (terms[0] && terms[1] && isWordPart(terms[0], first) && isWordPart(terms[1], second))
      return [
        { term: terms[0], text: first },
        { term: terms[1], text: second },
      ];
  }
  return undefined;
}

/** Articles and the like are no part of a word, and neither are two letters unless they stand for an id. */
const isWordPart = (term: Term, text: string): boolean =>
  text.length >= 3 ? !(term.isFiller && term.meanings.size === 0) : term.isId === true;

/** The known terms among words of which some are unknown. */
function knownAmong(words: readonly string[]): Segment[] {
  const found: Segment[] = [];
  for (let from = 0; from < words.length; ) {
    let length = Math.min(LONGEST_PHRASE, words.length - from);
    while (length > 1 && !termOf(joined(words.slice(from, from + length)))) length--;
    const text = joined(words.slice(from, from + length));
    const term = termOf(text);
    if (term) found.push({ term, text });
    from += length;
  }
  return found;
}

/** Reads the name of a column by whole words. A name with a word that is not known means nothing by itself. */
export function readHeader(name: string): HeaderReading {
  // a name of a hundred words is a text
  const words = wordsOf(name.slice(0, 300)).slice(0, LONGEST_NAME);
  const text = joined(words);
  const alone = VOCABULARY.get(WHOLE + text);
  const whole = alone ? [{ term: alone, text }] : cover(words);
  const segments = whole ?? knownAmong(words);
  const terms = segments.map(({ term }) => term);
  const deciding = whole ? decidingOf(segments) : [];
  const meanings = commonMeanings(deciding);
  const isOfOther = terms.some((term) => term.isOther && !term.isFiller && term.meanings.size === 0);
  const hasOrderMeaning = meanings.some(({ meaning }) => ORDER_MEANINGS.has(meaning));
  const isOfOrder = terms.some((term) => term.isOrder) && (meanings.length === 0 || hasOrderMeaning);
  const id =
    meanings.length === 0 ? idOf(segments, { isKnown: whole !== undefined, text, isOfOther, isOfOrder }) : undefined;
  const kind = terms.find((term) => term.address && !(term.isOrder && id))?.address;
  // the number of `Address 1` is part of its phrase; that of `Address 1 - City` counts addresses
  const counts = deciding.length === 0 || deciding.some((segment) => !/\p{N}/u.test(segment.text));
  const number = counts ? words.find((word) => DIGITS.test(word)) : undefined;
  return {
    meanings: terms.some(isOnlyOrder) ? meanings.filter(({ meaning }) => ORDER_MEANINGS.has(meaning)) : meanings,
    address: [kind, number].filter(Boolean).join(' '),
    person: terms.find((term) => term.person)?.person,
    ...(id ? { id } : {}),
    isOfOrder,
    isOfOther,
    isKnown: whole !== undefined,
  };
}

/** Ids that need no word for whose they are. `No` and `Nr` alone count the rows of a list. */
const BARE_IDS: ReadonlySet<string> = new Set(
  'id uid uuid guid key pk identifier uniqueid identifiant identificador identificativo kennung'.split(' '),
);

/** Whose id the name says that it is. With an unknown word in its name it may be anybody's. */
function idOf(
  segments: readonly Segment[],
  name: { isKnown: boolean; text: string } & Pick<HeaderReading, 'isOfOther' | 'isOfOrder'>,
): IdOf | undefined {
  const ids = segments.filter(({ term }) => term.isId);
  // a letter alone names a number as often as an id
  if (ids.length === 0 || name.text.length === 1) return undefined;
  // `Number of visits` is a count
  if (!name.isKnown) return ids.some(({ text }) => name.text.endsWith(text)) ? 'other' : undefined;
  if (name.isOfOther) return 'other';
  if (name.isOfOrder) return 'order';
  return segments.some(({ term }) => term.person) || ids.some(({ text }) => BARE_IDS.has(text)) ? 'person' : 'other';
}

/** What the columns of orders hold. */
const ORDER_MEANINGS: ReadonlySet<Meaning> = new Set<Meaning>([
  'time',
  'amount',
  'currency',
  'status',
  'cancelledAt',
  'refunded',
  'test',
  'itemName',
  'itemSku',
  'itemQuantity',
  'itemPrice',
]);
/** Words that only introduce what stands behind them: `Address 1 - City`, `Default Address Phone`. */
const INTRODUCING: ReadonlySet<Meaning> = new Set<Meaning>(['address', 'street', 'addressLine2']);

/** Words that mean something only where no other word does: `value` in `Email value`, `home` in `Home city`. */
const isSoft = ({ term }: Segment) =>
  term.isFiller || term.isId || term.isOther || term.address !== undefined || term.person !== undefined;
const isOnlyOrder = (term: Term) => term.isOrder === true && term.address === undefined && term.meanings.size === 0;
const introduces = ({ term }: Segment) => [...term.meanings.keys()].some((meaning) => INTRODUCING.has(meaning));

/** The segments whose meanings decide what the whole name means. */
function decidingOf(segments: readonly Segment[]): Segment[] {
  const spoken = segments.filter(({ term }) => term.meanings.size > 0);
  const hard = spoken.filter((segment) => !isSoft(segment));
  const deciding = hard.length > 0 ? hard : spoken;
  const introduced = deciding.filter((segment) => !introduces(segment));
  if (introduced.length > 0) return introduced;
  // `Default Address Address2`, `Street Address`
  const [narrowest = []] = (['addressLine2', 'street', 'address'] as const)
    .map((meaning) => deciding.filter(({ term }) => term.meanings.has(meaning)))
    .filter((segments) => segments.length > 0);
  return narrowest;
}

/** What all the words can mean together; words that contradict each other mean nothing. */
function commonMeanings([first, ...rest]: readonly Segment[]): PossibleMeaning[] {
  if (!first) return [];
  return [...first.term.meanings]
    .filter(([meaning]) => rest.every(({ term }) => term.meanings.has(meaning)))
    .map(([meaning, { rank, isWeak }]) => ({
      meaning,
      rank,
      isWeak: isWeak && rest.every(({ term }) => term.meanings.get(meaning)!.isWeak),
    }));
}
