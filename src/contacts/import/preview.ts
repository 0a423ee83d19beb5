import { shortPurposes } from '../../conditions/purposes.ts';
import type { RawRecord } from '../files/csv.ts';
import { shownWord } from '../mapping/consent.ts';
import type { ConsentState } from '../mapping/mapping.ts';
import { type PlannedConsent, type PlannedConsents, strongest } from './consent.ts';
import { Converter } from './convert.ts';
import { type Reason, reasonsOf } from './funnel.ts';
import { PeopleStatements, stateOf } from './people.ts';
import type { ImportPlan } from './plan.ts';
import { RejectLog } from './rejects.ts';

type StateCounts = Record<ConsentState, number>;

/** What an import of a whole file with a mapping would do. Nothing is stored, and what is stored is not looked at. */
export interface ImportPreview {
  /** Rows of the file. */
  rows: number;
  /** Rows with a usable key; only these are imported. */
  identified: number;
  /** People in the file, by the first usable key of each row; null for a file of too many people to tell them apart. */
  contacts: number | null;
  /** What the file says about consent, by purpose. */
  consents: PurposePreview[];
  /** What each consent column says. */
  columns: ColumnPreview[];
  /** Events of the rows with a usable key, one a row: ids that repeat count each time, and orders are left out. */
  events: { rows: number; withoutValue: number };
  /** Rows and values that would be rejected, by code. */
  rejects: Reason[];
}

export interface PurposePreview {
  /** Purposes about which the columns say the same. */
  purposes: string[];
  /** Rows with a usable key by what they say. */
  rows: StateCounts;
  /** People by what their rows say together: of a grant and a denial the later one. Null as `contacts` is. */
  contacts: StateCounts | null;
}

export interface ColumnPreview {
  column: string;
  /** Rows with a usable key by what the column says. */
  rows: StateCounts;
  /** Rows whose word has no meaning; they are counted as unset. */
  unknown: number;
  /** The commonest of these words. */
  unknownWords: { word: string; count: number }[];
}

const MAX_PEOPLE = 5_000_000;
const MAX_WORDS = 1_000;
const WORDS_SHOWN = 20;
/** Rows after which the converted ones are dropped. */
const DROP_ROWS = 20_000;

/** Counts what an import would do with the rows of a file. */
export class PreviewCounter {
  private readonly rejects: PreviewRejects;
  private readonly converter: Converter;
  private readonly groups: PurposeGroup[];
  private readonly columns: { plan: PlannedConsent; places: number[]; rows: StateCounts }[];
  private readonly people: PeopleStatements;
  /** What the row at hand says about each group of purposes. */
  private readonly said: number[];

  constructor(plan: ImportPlan, now: number, maxPeople = MAX_PEOPLE) {
    this.rejects = new PreviewRejects(plan);
    this.converter = new Converter(plan, now, { rejects: this.rejects });
    this.groups = groupsOf(plan.consents);
    this.columns = plan.consents.columns.map((column) => {
      const places = [...new Set([...column.grants, ...column.denials])];
      return { plan: column, places, rows: noRows() };
    });
    this.people = new PeopleStatements(this.groups.length, maxPeople);
    this.said = this.groups.map(() => 0);
  }

  take(record: RawRecord): void {
    const row = this.converter.take(record);
    if (this.converter.counts.received % DROP_ROWS === 0) this.converter.drain();
    if (!row) return;
    const { statements } = row;
    const strongestAt = (places: number[]) => strongest(places.map((place) => statements[place]!));
    for (const { places, rows } of this.columns) rows[stateOf(strongestAt(places))]++;
    for (const [i, { places, rows }] of this.groups.entries()) {
      this.said[i] = strongestAt(places);
      rows[stateOf(this.said[i])]++;
    }
    this.people.add(row.contactId, this.said);
  }

  preview(): ImportPreview {
    const { people } = this;
    const { received: rows, identified } = this.converter.counts;
    return {
      rows,
      identified,
      contacts: people.isFull ? null : people.size,
      consents: this.groups.map(({ purposes, rows }, i) => ({
        purposes: shortPurposes(purposes),
        rows,
        contacts: people.isFull ? null : people.counts(i),
      })),
      columns: this.columns.map(({ plan: { name }, rows }) => ({ column: name, rows, ...this.rejects.unknown(name) })),
      events: this.converter.events,
      rejects: reasonsOf(this.rejects.counts),
    };
  }
}

interface PurposeGroup {
  purposes: string[];
  /** Places of the statements about the first of them; those about the others say the same. */
  places: number[];
  rows: StateCounts;
}

const noRows = (): StateCounts => ({ granted: 0, denied: 0, unset: 0 });

/** Purposes by the columns that grant and deny them. */
function groupsOf({ statements, columns, everyone }: PlannedConsents): PurposeGroup[] {
  const groups = new Map<string, PurposeGroup>();
  for (const purpose of new Set(statements.map((statement) => statement.purpose))) {
    const places = [...statements.keys()].filter((place) => statements[place]!.purpose === purpose);
    const holds = (some: number[]) => places.some((place) => some.includes(place));
    const sources = [...columns.flatMap(({ grants, denials }) => [holds(grants), holds(denials)]), holds(everyone)];
    const group = groups.get(sources.join()) ?? { purposes: [], places, rows: noRows() };
    group.purposes.push(purpose);
    groups.set(sources.join(), group);
  }
  return [...groups.values()];
}

/** Counts rejects, and the words of consent columns that have no meaning. */
class PreviewRejects extends RejectLog {
  private readonly words = new Map<string, Map<string, number>>();
  private readonly unknowns = new Map<string, number>();

  constructor({ account, importId }: ImportPlan) {
    super(account, importId);
  }

  override add(line: number, column: string, code: string, value: string, note?: string): void {
    super.add(line, column, code, value, note);
    if (code !== 'not_a_consent') return;
    this.unknowns.set(column, (this.unknowns.get(column) ?? 0) + 1);
    const words = this.words.get(column) ?? new Map<string, number>();
    this.words.set(column, words);
    const word = shownWord(value);
    if (words.has(word) || words.size < MAX_WORDS) words.set(word, (words.get(word) ?? 0) + 1);
  }

  unknown(column: string): Pick<ColumnPreview, 'unknown' | 'unknownWords'> {
    const words = [...(this.words.get(column) ?? [])].sort(([a, n], [b, m]) => m - n || a.localeCompare(b));
    const shown = words.slice(0, WORDS_SHOWN).map(([word, count]) => ({ word, count }));
    return { unknown: this.unknowns.get(column) ?? 0, unknownWords: shown };
  }
}
