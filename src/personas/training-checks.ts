import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { FIELD_SOURCE } from '../contacts/contact-fields.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import type { Trait } from '../contacts/traits.repository.ts';
import { Clock } from '../engines/clock.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import { isProtected } from '../models/trait-selection.ts';
import type { SetRow } from './persona-sets.repository.ts';
import { SampleRepository, type TraitCoverage } from './sample.repository.ts';
import { TrainingService } from './training.service.ts';

const MIN_TRAITS = 2;

/** What can be known before a training is worth starting, so that a hopeless one is refused and nothing is stored. */
@Injectable()
export class TrainingChecks {
  constructor(
    private readonly contacts: ContactsService,
    private readonly samples: SampleRepository,
    private readonly training: TrainingService,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem 404 for the cohort, 422 with a path and a code for everything else. */
  async check(
    account: AccountId,
    wanted: Pick<SetRow, 'cohortId' | 'traits' | 'k' | 'excludeProtected'>,
  ): Promise<void> {
    const catalogue = await this.contacts.catalogue(account);
    const types = new Map(catalogue.map((trait) => [trait.name, trait]));
    const unknown = (wanted.traits ?? []).flatMap((name, i) => (types.has(name) ? [] : [unknownTrait(name, i)]));
    if (unknown.length > 0) throw Problem.invalidAll(unknown);
    const members = await this.training.members(account, wanted.cohortId);
    checkSize(await this.samples.size(members), wanted.cohortId !== null, wanted.k);
    const coverageOf = (traits: Trait[]) => this.samples.coverage(account, members, traits, this.clock.now());
    if (wanted.traits === null) {
      const own = catalogue.filter(({ source }) => source !== FIELD_SOURCE);
      if (own.length >= MIN_TRAITS) return;
      const usable = (await coverageOf(catalogue)).filter(({ varies }) => varies);
      if (usable.length < MIN_TRAITS) throw tooFew(usable.length, false);
      return;
    }
    const names = wanted.traits;
    if (names.length < MIN_TRAITS) throw tooFew(names.length, true);
    const coverage = await coverageOf(names.map((name) => types.get(name)!));
    const faults = names.flatMap((name, i) => traitFault(name, i, coverage[i]!, wanted.excludeProtected));
    if (faults.length > 0) throw Problem.invalidAll(faults);
  }
}

function checkSize(size: number, hasCohort: boolean, k: number | null): void {
  const path = hasCohort ? 'cohortId' : '';
  if (size === 0) {
    const message = hasCohort
      ? 'The cohort has no contacts. Choose another or change its rules.'
      : 'There are no contacts yet. Import some first.';
    throw Problem.invalid(path, 'cohort_empty', message);
  }
  if (size < (k ?? MIN_TRAITS)) {
    const message = `There are ${size} contacts to learn from, fewer than the ${k ?? 2} personas asked for. Ask for fewer personas or choose a larger cohort.`;
    throw Problem.invalid(k === null ? path : 'k', 'cohort_too_small', message);
  }
}

function tooFew(count: number, chosen: boolean): Problem {
  const message = `Personas need at least ${MIN_TRAITS} traits that tell contacts apart; there ${count === 1 ? 'is 1' : 'are none'}. ${chosen ? 'Choose' : 'Import'} more traits.`;
  return Problem.invalid(chosen ? 'traits' : '', 'too_few_traits', message);
}

function unknownTrait(name: string, index: number): FieldProblem {
  const message = `There is no trait "${name}" in the catalogue. GET /v1/traits lists what there is.`;
  return { path: `traits[${index}]`, code: 'unknown_trait', message };
}

function traitFault(
  name: string,
  index: number,
  { known, varies }: TraitCoverage,
  excludeProtected: boolean,
): FieldProblem[] {
  const fault = (code: string, message: string) => [{ path: `traits[${index}]`, code, message }];
  if (excludeProtected && isProtected(name)) {
    return fault(
      'protected_trait',
      `"${name}" is a protected trait, and protected traits are excluded. Leave one of the two out.`,
    );
  }
  if (known === 0) return fault('missing_trait', `No contact to learn from has a value of "${name}". Leave it out.`);
  if (!varies) return fault('constant_trait', `Every known value of "${name}" is the same. Leave it out.`);
  return [];
}
