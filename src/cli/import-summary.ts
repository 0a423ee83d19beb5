import chalk from 'chalk';
import { tableOf } from './account.ts';
import { stateCounts } from './consent.ts';
import type { DatasetView, ImportPreviewView, Reason } from './views.ts';

const number = (value: number) => value.toLocaleString('en-US');

/** Losses of the funnel that are no rejects: the rows are stored, merged, or counted with the orders. */
const STORED = new Set([
  'consent_denied',
  'repeated_key',
  'few_traits',
  'order_cancelled',
  'order_refunded',
  'test_order',
]);

/** A finished import: people, consent by purpose, events, orders, and rejects with their reasons. */
export function importSummary(dataset: DatasetView, preview?: ImportPreviewView): string {
  const { id, name, result } = dataset;
  if (!result) return `${name} (${id})`;
  const table = tableOf(['Imported', ''], [40, 90]);
  const people = `${number(result.contacts)}: ${number(result.created)} created, ${number(result.updated)} updated, ${number(result.unchanged)} unchanged`;
  table.push(['Contacts', people], ...advertisingRows(dataset), ...consentRows(preview), [
    'Events',
    withoutValues(result),
  ]);
  const { orders } = result;
  if (orders)
    table.push([
      'Orders',
      `${number(orders.imported)} imported (${number(orders.partiallyRefunded)} partially refunded), ${number(orders.cancelled)} cancelled, ${number(orders.refunded)} fully refunded, ${number(orders.test)} test orders skipped`,
    ]);
  table.push(['Rejects', number(result.rejects)]);
  return [chalk.bold(`${name} (${id})`), table.toString(), ...rejects(dataset), ''].join('\n');
}

const withoutValues = ({ events, eventsWithoutValue }: NonNullable<DatasetView['result']>): string =>
  eventsWithoutValue > 0 ? `${number(events)}, ${number(eventsWithoutValue)} without a value` : number(events);

/** A file of events states no consent, and its rows change no traits. */
function advertisingRows({ funnel }: DatasetView): [string, string][] {
  const stages = funnel?.stages ?? [];
  const merged = stages.find((stage) => stage.name === 'merged');
  if (!merged || !stages.some((stage) => stage.name === 'enough-traits')) return [];
  return [['Contacts that do not deny advertising', number(merged.count)]];
}

const consentRows = (preview?: ImportPreviewView): [string, string][] =>
  (preview?.consents ?? []).map(({ purposes, rows, contacts }) => [
    `Consent to ${purposes.join(', ')}`,
    `${stateCounts(contacts ?? rows)} (${contacts ? 'contacts' : 'rows'} of the file)`,
  ]);

function rejects({ id, funnel, result }: DatasetView): string[] {
  const of = (what: string, reasons: Reason[]) => reasons.map((reason) => ({ ...reason, what }));
  const rows = (funnel?.stages ?? []).flatMap(({ lost }) => lost);
  const reasons = [...of('row', rows), ...of('value', funnel?.rejectedValues ?? [])].filter(
    ({ code, count }) => count > 0 && !STORED.has(code),
  );
  const table = tableOf(['Not imported', 'Count', 'Reason', ''], [14, 9, 28, 86]);
  for (const { what, count, code, text } of reasons) table.push([what, number(count), code, text]);
  return [
    ...(reasons.length > 0 ? [table.toString()] : []),
    ...(result && result.rejects > 0 ? [`All rejects: GET /v1/datasets/${id}/rejects.csv`] : []),
  ];
}
