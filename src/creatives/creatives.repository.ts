import { Inject, Injectable } from '@nestjs/common';
import { DefinitionsRepository } from '../cohorts/definitions.repository.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { creatives } from './creatives.tables.ts';

export type CreativeRow = typeof creatives.$inferSelect;

@Injectable()
export class CreativesRepository extends DefinitionsRepository<CreativeRow> {
  constructor(@Inject(DB) db: Db) {
    super(db, creatives);
  }
}
