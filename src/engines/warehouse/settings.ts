/** For an insert whose rows have keys of their own: looking for doubles in every block would only cost. */
export const UNIQUE_ROWS = 'optimize_on_insert = 0';

/**
 * For arithmetic that cannot fail: both branches of an `if` for whole blocks cost less than picking out the rows of each.
 * https://clickhouse.com/docs/operations/settings/settings#short_circuit_function_evaluation
 */
export const WHOLE_BLOCKS = "short_circuit_function_evaluation = 'disable'";

/** For wide rows: an insert gathers a million rows or 256 MB before it writes them, in several copies. */
export const SMALL_BLOCKS =
  'max_block_size = 16384, min_insert_block_size_rows = 65536, min_insert_block_size_bytes = 67108864';
