import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { AudiencesService } from '../audiences/audiences.service.ts';
import { ConditionContexts, validCondition } from '../cohorts/condition-contexts.ts';
import { compile } from '../conditions/compile.ts';
import type { Sql } from '../conditions/condition.ts';
import { describe } from '../conditions/describe.ts';
import { DEFAULT_LIMITS, parseWithin } from '../http/body/body-limits.ts';
import { Problem } from '../http/problem.ts';

/** A group of contacts: what it is called, and what is true of a row of current contacts that is in it. */
export interface Group {
  /** As it was asked for. */
  group: string;
  text: string;
  condition: Sql;
}

const HOW =
  'Write everyone, persona:<set id>/<key>, cohort:<id>, audience:<id>, or a condition as JSON. The second group can also be rest.';

/** Reads the groups of a comparison. */
@Injectable()
export class Groups {
  constructor(
    private readonly contexts: ConditionContexts,
    private readonly audiences: AudiencesService,
  ) {}

  /**
   * @param path of the parameter, for problems; also the prefix of the statement's parameters.
   * @throws Problem 422 with the path into the group.
   */
  async read(account: AccountId, text: string, path: string): Promise<Group> {
    const [, kind, id] = /^(cohort|audience|persona):(.+)$/s.exec(text) ?? [];
    if (kind === 'audience') return this.audience(account, text, id!, path);
    const condition = kind ? mentioned(kind, id!, path) : written(text, path);
    const context = await this.contexts.load(account, [condition]);
    const checked = validCondition(condition, context, path);
    return { group: text, text: describe(checked, context), condition: compile(checked, context, `${path}_`) };
  }

  private async audience(account: AccountId, text: string, id: string, path: string): Promise<Group> {
    try {
      const [{ name }, condition] = [
        await this.audiences.get(account, id),
        await this.audiences.memberCondition(account, id),
      ];
      return { group: text, text: `in audience ${name}`, condition };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw Problem.invalid(path, error.getStatus() === 404 ? 'unknown_audience' : 'broken_audience', error.message);
    }
  }
}

function mentioned(kind: string, id: string, path: string): unknown {
  if (kind === 'cohort') return { cohort: id };
  const [, set, key] = /^([^/]+)\/(.+)$/s.exec(id) ?? [];
  if (!set) throw Problem.invalid(path, 'unknown_group', `A persona is written persona:<set id>/<key>.`);
  return { persona: { set, in: [key] } };
}

function written(text: string, path: string): unknown {
  if (text === 'everyone') return { everyone: true };
  if (!text.startsWith('{')) throw Problem.invalid(path, 'unknown_group', `"${text}" is no group. ${HOW}`);
  try {
    return parseWithin(text, DEFAULT_LIMITS);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw Problem.invalid(path, 'not_json', 'The condition is not valid JSON.');
  }
}
