import { type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';

/** An answer as a table: facts about the whole, and rows. */
export interface Table<Row extends object> {
  /** When it was computed: it holds what was known then. */
  asOf: Date;
  rows: Row[];
}

/**
 * Sends a table as CSV when the path ends in `.csv` or CSV is what is accepted best. Each row ends with the as-of time. Text
 * that a spreadsheet would take for a formula is preceded by an apostrophe.
 */
export class CsvInterceptor implements NestInterceptor {
  constructor(
    private readonly name: string,
    private readonly columns: readonly string[],
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<Table<object>>): Observable<unknown> {
    const http = context.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    response.vary('Accept');
    const wanted = request.path.endsWith('.csv') || request.accepts(['json', 'csv']) === 'csv';
    if (!wanted) return next.handle();
    return next.handle().pipe(
      map(({ asOf, rows }) => {
        response.type('text/csv; charset=utf-8').attachment(`${this.name}.csv`);
        const stamp = asOf.toISOString();
        const records = rows.map((row) => ({ ...row, asOf: stamp }));
        return stringify(records, { header: true, columns: [...this.columns, 'asOf'], cast: CAST });
      }),
    );
  }
}

const CAST = {
  boolean: String,
  string: (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text),
};
