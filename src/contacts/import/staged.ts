import type { InsertColumns } from '../../engines/warehouse/warehouse.ts';
import { AMOUNT } from '../values/amount.ts';
import type { StagedChunk } from './convert.ts';

const OF_IMPORT = { account_id: 'LowCardinality(String)', import_id: 'LowCardinality(String)' };

/** The staging tables and their columns, in the order in which the converter writes them. */
export const STAGED: Record<keyof StagedChunk, { table: string; columns: InsertColumns }> = {
  contacts: {
    table: 'import_contacts',
    columns: {
      ...OF_IMPORT,
      contact_id: 'String',
      line: 'UInt64',
      denied: 'UInt8',
      emails: 'Array(String)',
      phones: 'Array(String)',
      email_hashes: 'Array(String)',
      phone_hashes: 'Array(String)',
      mobile_ad_ids: 'Array(String)',
      external_ids: 'Array(String)',
      first_name: 'String',
      last_name: 'String',
      gender: 'LowCardinality(String)',
      birth_date: 'String',
      street: 'String',
      city: 'String',
      region: 'String',
      postal_code: 'String',
      country: 'LowCardinality(String)',
      statements: 'Array(Int64)',
      nums: 'Array(Float64)',
      cats: 'Array(String)',
      id_kinds: 'Array(LowCardinality(String))',
      id_namespaces: 'Array(LowCardinality(String))',
      id_hashes: 'Array(FixedString(64))',
      id_ranks: 'Array(UInt8)',
      digest: 'UInt64',
    },
  },
  events: {
    table: 'import_events',
    columns: {
      ...OF_IMPORT,
      contact_id: 'String',
      line: 'UInt64',
      stream: 'LowCardinality(String)',
      event_id: 'String',
      time_ms: 'Int64',
      value: AMOUNT,
      property_names: 'Array(LowCardinality(String))',
      property_values: 'Array(String)',
    },
  },
  orders: {
    table: 'import_orders',
    columns: {
      ...OF_IMPORT,
      contact_id: 'String',
      line: 'UInt64',
      stream: 'LowCardinality(String)',
      order_id: 'String',
      time_ms: 'Int64',
      value: AMOUNT,
      refunded: AMOUNT,
      currency: 'LowCardinality(String)',
      status: 'LowCardinality(String)',
      state: 'LowCardinality(String)',
      test: 'UInt8',
      broken: 'UInt8',
      property_values: 'Array(String)',
      item: 'String',
    },
  },
  unchanged: { table: 'import_unchanged', columns: { ...OF_IMPORT, digest: 'UInt64' } },
  rejects: {
    table: 'import_rejects',
    columns: {
      account_id: 'LowCardinality(String)',
      import_id: 'String',
      line: 'UInt64',
      column: 'LowCardinality(String)',
      code: 'LowCardinality(String)',
      text: 'LowCardinality(String)',
      sample: 'String',
    },
  },
};
