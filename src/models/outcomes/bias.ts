import type { Table } from '../table.ts';
import { type Day, probabilityOf } from './outcome-model.ts';
import { aucOf, descending, type Scored } from './quality.ts';

/** How a model treats one group of people. */
export interface GroupReadOut {
  group: string;
  contacts: number;
  /** Share that attained the outcome. */
  rate: number;
  meanProbability: number;
  /** Absent where either side has too few contacts to tell. */
  auc?: number;
  /** Share that is in the best scored fifth of everyone: who would be selected. */
  selected: number;
  /** That share over the best group's; under 0.8 fails the four-fifths rule (29 CFR 1607.4 D). */
  ratio: number;
  flagged: boolean;
}

export interface BiasReadOut {
  by: 'age' | 'gender';
  /** Where the groups come from: the contact's own field, or the name of a trait. */
  source: string;
  groups: GroupReadOut[];
}

/** What is known of the sampled people beside their traits; `''` is unknown. */
export interface People {
  gender: string[];
  /** `YYYY-MM-DD` */
  birthDate: string[];
}

const BANDS = [
  [0, 'under 25'],
  [25, '25–34'],
  [35, '35–44'],
  [45, '45–54'],
  [55, '55–64'],
  [65, '65 and over'],
] as const;
const SELECTED = 0.2;
const FOUR_FIFTHS = 0.8;
/** Groups smaller than this are shown and never flagged. */
const MIN_GROUP = 100;
const MIN_SIDE = 20;
const UNKNOWN = 'unknown';
/** A field must be filled for this share of contacts to be used instead of a trait. */
const FILLED = 0.05;

/** Reads a model's effect on ages and genders, from people's own fields or from traits that stand for them. */
export function biasOf(scored: Scored, table: Table, people: People | undefined, today: Day): BiasReadOut[] {
  const selected = selectedRows(scored);
  return [ageGroups(table, people, today), genderGroups(table, people)].flatMap((found) =>
    found ? [{ by: found.by, source: found.source, groups: readOut(found.groups, scored, selected) }] : [],
  );
}

interface Groups {
  by: BiasReadOut['by'];
  source: string;
  groups: string[];
}

function ageGroups(table: Table, people: People | undefined, today: Day): Groups | undefined {
  if (people && filled(people.birthDate)) {
    // a birthday without its year says no age
    const birth = (date: string) => (date.startsWith('-') ? Number.NaN : Date.parse(date));
    const groups = people.birthDate.map((date) => bandOf((today - birth(date) / 86_400_000) / 365.2425));
    return { by: 'age', source: 'birth_date', groups };
  }
  const column = table.columns.find(
    ({ trait, type }) => type === 'number' && /^(customer_?|contact_?)?age$/i.test(trait),
  );
  if (column && column.type !== 'category') {
    return { by: 'age', source: column.trait, groups: Array.from(column.values, bandOf) };
  }
  const senior = flag(table, /^(is_?)?senior(_?citizen)?$/i, 'senior', 'not senior');
  return senior && { by: 'age', ...senior };
}

function genderGroups(table: Table, people: People | undefined): Groups | undefined {
  if (people && filled(people.gender)) {
    return { by: 'gender', source: 'gender', groups: people.gender.map((value) => value || UNKNOWN) };
  }
  const column = table.columns.find(({ trait, type }) => type === 'category' && /^(gender|sex)$/i.test(trait));
  if (column?.type === 'category') {
    return { by: 'gender', source: column.trait, groups: column.values.map((value) => value || UNKNOWN) };
  }
  const found =
    flag(table, /^(is_?)?female$/i, 'female', 'not female') ?? flag(table, /^(is_?)?male$/i, 'male', 'not male');
  return found && { by: 'gender', ...found };
}

function flag(table: Table, name: RegExp, yes: string, no: string): Omit<Groups, 'by'> | undefined {
  const column = table.columns.find(({ trait, type }) => (type === 'boolean' || type === 'number') && name.test(trait));
  if (!column || column.type === 'category') return undefined;
  const groups = Array.from(column.values, (value) => (Number.isNaN(value) ? UNKNOWN : value >= 0.5 ? yes : no));
  return { source: column.trait, groups };
}

const filled = (values: string[]) => values.filter(Boolean).length >= values.length * FILLED;

function bandOf(age: number): string {
  if (!(age >= 0 && age < 130)) return UNKNOWN;
  return BANDS.findLast(([from]) => age >= from)![1];
}

/** The best scored fifth of everyone, by the weights of the rows. */
function selectedRows({ logOdds, labels, weights }: Scored): Uint8Array {
  const weightOf = (row: number) => weights[labels[row]! as 0 | 1];
  const total = labels.reduce((sum, _, row) => sum + weightOf(row), 0);
  const selected = new Uint8Array(labels.length);
  let taken = 0;
  for (const row of descending(logOdds)) {
    if (taken >= SELECTED * total) break;
    taken += weightOf(row);
    selected[row] = 1;
  }
  return selected;
}

function readOut(groups: string[], scored: Scored, selected: Uint8Array): GroupReadOut[] {
  const rows = new Map<string, number[]>();
  for (const group of new Set(groups)) rows.set(group, []);
  for (const [row, group] of groups.entries()) rows.get(group)!.push(row);
  const order = BANDS.map(([, name]): string => name);
  const place = (group: string) => (group === UNKNOWN ? 1e3 : order.indexOf(group));
  const found = [...rows]
    .map(([group, members]) => ({ members: members.length, ...groupOf(group, members, scored, selected) }))
    .sort((a, b) => place(a.group) - place(b.group) || (a.group < b.group ? -1 : 1));
  const comparable = found.filter(({ group, members }) => group !== UNKNOWN && members >= MIN_GROUP);
  const best = Math.max(0, ...comparable.map((each) => each.selected));
  return found.map(({ members, ...each }) => {
    const ratio = best > 0 ? each.selected / best : 1;
    return { ...each, ratio, flagged: each.group !== UNKNOWN && members >= MIN_GROUP && ratio < FOUR_FIFTHS };
  });
}

function groupOf(group: string, rows: number[], { logOdds, labels, weights }: Scored, selected: Uint8Array) {
  const sums = { contacts: 0, attained: 0, probability: 0, selected: 0, positives: 0 };
  for (const row of rows) {
    const weight = weights[labels[row]! as 0 | 1];
    sums.contacts += weight;
    sums.attained += weight * labels[row]!;
    sums.probability += weight * probabilityOf(logOdds[row]!);
    sums.selected += weight * selected[row]!;
    sums.positives += labels[row]!;
  }
  const told = Math.min(sums.positives, rows.length - sums.positives) >= MIN_SIDE;
  const own = {
    scores: Float64Array.from(rows, (row) => logOdds[row]!),
    labels: Uint8Array.from(rows, (row) => labels[row]!),
  };
  return {
    group,
    contacts: Math.round(sums.contacts),
    rate: sums.attained / sums.contacts,
    meanProbability: sums.probability / sums.contacts,
    ...(told ? { auc: aucOf(own.scores, own.labels) } : {}),
    selected: sums.selected / sums.contacts,
  };
}
