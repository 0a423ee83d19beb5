import { attributeSql, attributeText, checkAttribute, operatorsOf } from '../attribute.ts';
import { checkAmount, checkDate, checkDuration, checkFields, checkList, checkText, isFields } from '../check.ts';
import {
  type BindOperand,
  bindAmount,
  checkComparison,
  comparisonHolds,
  comparisonSql,
  comparisonText,
} from '../comparison.ts';
import type { DateValue, Duration, EventLeaf, PropertyFilter, TraitType, Window } from '../condition.ts';
import { DAY_MS, dateText, durationText, isReversed, resolveDay, shift } from '../dates.ts';
import { at, type Checker, type Compiler, type LeafKind } from '../leaf.ts';
import { hint } from '../nearest.ts';

type AggregateName = 'count' | 'sum' | 'average' | 'recency';

interface Aggregate {
  /** NULL where the contact's matching events have none. */
  sql(compiler: Compiler): string;
  /** Absent: operands are plain numbers. */
  bind?: BindOperand;
  check?: typeof checkAmount;
  /** Of no events at all. */
  ofNone: number | undefined;
  words: string;
}

/** What can be computed of a contact's matching events. Values are decimals, so their sums are exact in any order. */
const AGGREGATES: Record<AggregateName, Aggregate> = {
  count: { sql: () => 'count()', ofNone: 0, words: 'count' },
  sum: { sql: () => 'ifNull(sum(value), 0)', bind: bindAmount, check: checkAmount, ofNone: 0, words: 'total' },
  // compared without a division, whose result would be rounded
  average: {
    sql: () => 'sum(value)',
    bind: (operand, compiler) => `${bindAmount(operand, compiler)} * count(value)`,
    check: checkAmount,
    ofNone: undefined,
    words: 'average',
  },
  recency: {
    sql(compiler) {
      const now = compiler.bind('Int64', compiler.context.now.getTime());
      const past = `toUnixTimestamp64Milli(time) <= ${now}`;
      return `if(countIf(${past}) > 0, intDiv(${now} - toUnixTimestamp64Milli(maxIf(time, ${past})), ${DAY_MS}), NULL)`;
    },
    ofNone: undefined,
    words: 'days since the last',
  },
};
const AGGREGATE_NAMES = Object.keys(AGGREGATES) as AggregateName[];

/** `{"event": "order", "count": {"gte": 2}, "where": […], "within": {"days": 90}}` */
export const eventLeaf: LeafKind<EventLeaf> = {
  fields: ['event', ...AGGREGATE_NAMES, 'value', 'where', 'within'],

  check(node, path, checker) {
    if (checkText(checker, node.event, at(path, 'event')) && !checker.context.streams.has(node.event)) {
      const near = hint(node.event, checker.context.streams);
      checker.refuse(at(path, 'event'), 'unknown_event', `No events called "${node.event}" were imported.${near}`);
    }
    for (const name of AGGREGATE_NAMES) {
      if (node[name] !== undefined) checkComparison(checker, node[name], at(path, name), AGGREGATES[name].check);
    }
    if (node.value !== undefined) checkComparison(checker, node.value, at(path, 'value'), checkAmount);
    if (node.where !== undefined) {
      checkList(checker, node.where, at(path, 'where'), (filter, p) => checkFilter(checker, filter, p));
    }
    if (node.within !== undefined) checkWindow(checker, node.within, at(path, 'within'));
  },

  /** Contacts for whom "no events at all" satisfies the leaf are found as those not in the opposite set. */
  sql(leaf, compiler) {
    const ofNone = comparisons(leaf).every(([name, comparison]) =>
      comparisonHolds(AGGREGATES[name].ofNone, comparison),
    );
    const having = comparisons(leaf)
      .map(([name, comparison]) => {
        const { sql, bind } = AGGREGATES[name];
        return comparisonSql(sql(compiler), comparison, compiler, bind);
      })
      .join(' AND ');
    const matching = `SELECT contact_id FROM events FINAL WHERE ${filters(leaf, compiler).join(' AND ')} GROUP BY contact_id`;
    return ofNone
      ? `contact_id NOT IN (${matching} HAVING NOT (${having}))`
      : `contact_id IN (${matching} HAVING ${having})`;
  },

  text(leaf) {
    const what = comparisons(leaf).map(([name, c]) => `${AGGREGATES[name].words} ${comparisonText(c)}`);
    const value = leaf.value ? [`each worth ${comparisonText(leaf.value)}`] : [];
    const where = (leaf.where ?? []).map((filter) => `${filter.property} ${attributeText(filter)}`);
    const within = leaf.within ? ` ${windowText(leaf.within)}` : '';
    return `${leaf.event}: ${[...what, ...value, ...where].join(', ')}${within}`;
  },
};

/** What must hold of the aggregates; at least one event unless something else is asked. */
function comparisons(leaf: EventLeaf) {
  const given = AGGREGATE_NAMES.filter((name) => leaf[name]).map((name) => [name, leaf[name]!] as const);
  return given.length > 0 ? given : [['count', { gte: 1 }] as const];
}

function filters(leaf: EventLeaf, compiler: Compiler): string[] {
  const { account } = compiler.context;
  return [
    `account_id = ${compiler.bind('String', account)}`,
    `stream = ${compiler.bind('String', leaf.event)}`,
    ...(leaf.within ? windowSql(leaf.within, compiler) : []),
    ...(leaf.value ? [comparisonSql('value', leaf.value, compiler, bindAmount)] : []),
    ...(leaf.where ?? []).map((filter) => propertySql(filter, compiler)),
  ];
}

function windowSql(window: Window, compiler: Compiler): string[] {
  const { now } = compiler.context;
  const moment = (ms: number) => `fromUnixTimestamp64Milli(${compiler.bind('Int64', ms)}, 'UTC')`;
  if (isDuration(window)) {
    return [`time >= ${moment(shift(now, window, -1).getTime())}`, `time <= ${moment(now.getTime())}`];
  }
  return [
    ...(window.from ? [`time >= ${moment(resolveDay(window.from, now) * DAY_MS)}`] : []),
    ...(window.to ? [`time < ${moment((resolveDay(window.to, now) + 1) * DAY_MS)}`] : []),
  ];
}

function propertySql(filter: PropertyFilter, compiler: Compiler): string {
  const key = compiler.bind('String', filter.property);
  const text = `properties[${key}]`;
  // adding 0 takes the sign from -0, which IN would tell from 0
  const number = `(toFloat64OrZero(${text}) + 0)`;
  const attribute =
    typeOf(filter) === 'number'
      ? { type: 'number' as const, known: `isFinite(ifNull(toFloat64OrNull(${text}), nan))`, value: number }
      : { type: 'category' as const, known: `mapContains(properties, ${key})`, value: text };
  return attributeSql(attribute, filter, compiler);
}

/** Properties have no declared types: the value, or else the operator, decides how they are read. */
function typeOf(filter: { op?: unknown; value?: unknown }): TraitType {
  const [first] = [filter.value].flat();
  const op = String(filter.op);
  const onlyNumbers = operatorsOf('number').includes(op) && !operatorsOf('category').includes(op);
  return typeof first === 'number' || onlyNumbers ? 'number' : 'category';
}

function checkFilter(checker: Checker, filter: unknown, path: string): void {
  if (!isFields(filter)) {
    checker.refuse(path, 'wrong_type', 'Write {"property": "category", "op": "eq", "value": "shoes"}.');
    return;
  }
  checkFields(checker, filter, path, ['property', 'op', 'value']);
  checkText(checker, filter.property, at(path, 'property'));
  checkAttribute(checker, filter, path, typeOf(filter));
}

const isDuration = (window: Window): window is Duration => !('from' in window || 'to' in window);

function checkWindow(checker: Checker, window: unknown, path: string): void {
  if (!isFields(window) || isDuration(window as unknown as Window)) {
    checkDuration(checker, window, path);
    return;
  }
  checkFields(checker, window, path, ['from', 'to']);
  const ok = ['from', 'to'].map((end) => window[end] === undefined || checkDate(checker, window[end], at(path, end)));
  const { from, to } = window as { from?: DateValue; to?: DateValue };
  if (ok.every(Boolean) && from && to && isReversed(from, to)) {
    checker.refuse(path, 'empty_range', 'The window is empty: from is after to.');
  }
}

function windowText(window: Window): string {
  if (isDuration(window)) return `in the last ${durationText(window)}`;
  const end = (word: string, date?: DateValue) => (date ? `${word} ${dateText(date)}` : '');
  return `${end('from', window.from)} ${end('to', window.to)}`.trim();
}
