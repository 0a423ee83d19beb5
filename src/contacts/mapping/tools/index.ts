import { joined, wordsOf } from '../words.ts';
import { LIVERAMP, META_LIST, REACH } from './audiences.ts';
import { GOOGLE_CONTACTS, HUBSPOT, SALESFORCE_API, SALESFORCE_REPORT, ZOHO } from './crm.ts';
import { BREVO, KLAVIYO, MAILCHIMP } from './newsletters.ts';
import {
  SHOPIFY_CUSTOMERS,
  SHOPIFY_ORDERS,
  STRIPE_CUSTOMERS,
  STRIPE_PAYMENTS,
  WOOCOMMERCE_CUSTOMERS,
  WOOCOMMERCE_ORDERS,
} from './shops.ts';
import type { Tool, ToolColumn } from './tool.ts';

/** The exports that are known by their columns. The first that fits a file is its tool. */
export const TOOLS: readonly Tool[] = [
  REACH,
  KLAVIYO,
  MAILCHIMP,
  GOOGLE_CONTACTS,
  SHOPIFY_ORDERS,
  SHOPIFY_CUSTOMERS,
  WOOCOMMERCE_ORDERS,
  WOOCOMMERCE_CUSTOMERS,
  STRIPE_PAYMENTS,
  STRIPE_CUSTOMERS,
  SALESFORCE_API,
  ZOHO,
  HUBSPOT,
  SALESFORCE_REPORT,
  META_LIST,
  LIVERAMP,
  BREVO,
];

const DEFAULT_NEEDS = 3;

/** The tool that wrote a file with these columns; nothing for a file that any tool could have written. */
export function toolOf(names: readonly string[]): Tool | undefined {
  const keys = new Set(names.map(keyOf));
  const among = (marks: readonly string[] | undefined) => (marks ?? []).filter((mark) => keys.has(keyOf(mark))).length;
  return TOOLS.find(
    ({ sure, marks, needs = DEFAULT_NEEDS }) => among(sure) > 0 || (marks !== undefined && among(marks) >= needs),
  );
}

/** What a tool's table says of a column, by its name as written or with another number. */
export function toolColumnOf(tool: Tool, name: string): ToolColumn | undefined {
  const columns = tableOf(tool);
  return columns.get(keyOf(name)) ?? columns.get(keyOf(name.replaceAll(/\d+/g, '1')));
}

const keyOf = (name: string): string => joined(wordsOf(name.slice(0, 200)));

const tables = new WeakMap<Tool, ReadonlyMap<string, ToolColumn>>();

function tableOf(tool: Tool): ReadonlyMap<string, ToolColumn> {
  const known = tables.get(tool);
  if (known) return known;
  const table = new Map(Object.entries(tool.columns).map(([name, column]) => [keyOf(name), column]));
  tables.set(tool, table);
  return table;
}
