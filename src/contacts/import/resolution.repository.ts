import { Injectable } from '@nestjs/common';
import type { AccountId } from '../../accounts/auth.ts';
import { type SqlParams, Warehouse } from '../../engines/warehouse/warehouse.ts';
import { hexRanges } from './ranges.ts';
import { MOVED, NOTE_CANDIDATES, NOTE_KNOWN, NOTE_OWNERS, NOTE_PICKS, SHAPE } from './resolution.sql.ts';

export interface ResolutionInput {
  importId: string;
  /** What the import's identities carry as `since`. */
  version: number;
}

/** Decides which contact each staged row belongs to. The rules: docs/architecture.md, "Identity resolution". */
@Injectable()
export class ResolutionRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** @returns the number of founded ids that belong to another contact */
  async resolve(account: AccountId, { importId, version }: ResolutionInput, rows: number): Promise<number> {
    const params = { account, importId, version };
    const ranges = hexRanges(rows);
    const run = async (statement: string, more: SqlParams = {}) => {
      for (const range of ranges) await this.warehouse.command(statement, { ...params, ...more, ...range });
    };
    await run(NOTE_KNOWN);
    const { linked, levels } = await this.warehouse.one<{ linked: number; levels: number[] }>(SHAPE, params);
    for (const level of linked ? levels : []) {
      await run(NOTE_CANDIDATES, { level });
      await run(NOTE_PICKS, { level });
      await this.warehouse.command(NOTE_OWNERS, { ...params, level });
    }
    const { moved } = await this.warehouse.one<{ moved: number }>(`SELECT count() AS moved ${MOVED}`, params);
    return moved;
  }
}
