import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Response } from 'express';
import type { Reject } from './import/staging.repository.ts';

const COLUMNS = ['line', 'column', 'code', 'text', 'sample'];

/** Streams rejects as CSV. Cells that a spreadsheet would take for formulas are quoted with an apostrophe. */
export async function sendRejects(
  response: Response,
  datasetId: string,
  rejects: AsyncGenerator<Reject[]>,
): Promise<void> {
  response.type('text/csv; charset=utf-8').attachment(`${datasetId}-rejects.csv`);
  const csv = stringify({ header: true, columns: COLUMNS, escape_formulas: true });
  await pipeline(rowsOf(rejects), csv, response);
}

async function* rowsOf(chunks: AsyncGenerator<Reject[]>): AsyncGenerator<Reject> {
  for await (const chunk of chunks) yield* chunk;
}
