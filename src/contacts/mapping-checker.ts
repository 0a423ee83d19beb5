import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import type { FileFormat } from './files/format.ts';
import { checkMapping } from './mapping/check.ts';
import { type Mapping, traitName } from './mapping/mapping.ts';
import { TraitsRepository } from './traits.repository.ts';

/** Refuses mappings that contradict their file or the catalogue of traits. */
@Injectable()
export class MappingChecker {
  constructor(private readonly traits: TraitsRepository) {}

  /** Whether consent is confirmed is not looked at. @throws Problem 422 with every place to change */
  async assertUsable(account: AccountId, mapping: Mapping, file: { format: FileFormat }): Promise<void> {
    const types = await this.traits.types(account);
    const conflicts = mapping.columns.flatMap((column, i): FieldProblem[] => {
      const known = column.as === 'trait' ? types.get(traitName(column)) : undefined;
      if (!known || !column.trait?.type || column.trait.type === known) return [];
      const message = `the trait "${traitName(column)}" is a ${known} in the catalogue; use that type or another name`;
      return [{ path: `mapping.columns[${i}].trait.type`, code: 'trait_type_conflict', message }];
    });
    const problems = [...checkMapping(mapping, file.format), ...conflicts];
    if (problems.length > 0) throw Problem.invalidAll(problems);
  }
}
