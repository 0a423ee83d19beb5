import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { OutcomeVersions } from '../cohorts/outcome-versions.ts';
import type { FieldSql } from '../conditions/condition.ts';
import { dayOf } from '../conditions/dates.ts';
import { fieldSqls, fieldsIn } from '../contacts/contact-fields.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { Clock } from '../engines/clock.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import { worthOf } from './worth.ts';

/** What a statement is to bring of each member: a trait, or what a person is worth. */
export interface ResolvedAttribute {
  name: string;
  type: string;
  /** What the statement looks for where that is not the name: the version of an outcome, or a stream. */
  of?: string;
  /** Of a trait that is a column of the contact: its SQL over a row called `c`. */
  field?: FieldSql;
}

/** Turns the names of attributes into what statements can look for. */
@Injectable()
export class Attributes {
  constructor(
    private readonly contacts: ContactsService,
    private readonly outcomes: OutcomeVersions,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem 409 `not_published` for an outcome without a live version */
  async resolve(account: AccountId, names: string[]): Promise<ResolvedAttribute[]> {
    const catalogue = names.length > 0 ? await this.contacts.catalogue(account) : [];
    const fields = fieldSqls(fieldsIn(catalogue), dayOf(this.clock.now()), 'c.');
    return Promise.all(
      names.map(async (name) => {
        const worth = worthOf(name);
        if (worth?.kind === 'spent') return { name, type: worth.kind, of: worth.stream };
        if (worth) return { name, type: worth.kind, of: await this.version(account, worth.outcomeId) };
        const type = catalogue.find((trait) => trait.name === name)?.type ?? 'category';
        return { name, type, field: fields.get(name) };
      }),
    );
  }

  /** Names among those that options need which are nothing here, each at the option that has it. */
  async faults(account: AccountId, names: string[], options: object): Promise<FieldProblem[]> {
    if (names.length === 0) return [];
    const [catalogue, streams] = await Promise.all([this.contacts.catalogue(account), this.contacts.streams(account)]);
    const known = new Set(catalogue.map((trait) => trait.name));
    const recorded = new Set(streams.items.map(({ stream }) => stream));
    const isKnown = async (name: string) => {
      const worth = worthOf(name);
      if (worth?.kind === 'spent') return recorded.has(worth.stream);
      return worth ? Boolean(await this.outcomes.resolve(account, worth.outcomeId)) : known.has(name);
    };
    const judged = await Promise.all(names.map(async (name) => ({ name, known: await isKnown(name) })));
    return judged.filter((each) => !each.known).map(({ name }) => unknownAttribute(name, options));
  }

  private async version(account: AccountId, outcomeId: string): Promise<string> {
    const live = await this.outcomes.resolve(account, outcomeId);
    if (live) return live.versionId;
    const message = `Outcome ${outcomeId} has no published version, and its probability is asked for. Publish one, or name another value.`;
    throw Problem.conflict('not_published', message);
  }
}

function unknownAttribute(name: string, options: object): FieldProblem {
  const option = Object.entries(options).find(([, value]) => value === name)?.[0];
  const message = `There is no "${name}". Name a trait of the catalogue, outcome:<id> of an outcome with a published version, or events:<stream>.`;
  return { path: option ? `options.${option}` : 'options', code: 'unknown_attribute', message };
}
