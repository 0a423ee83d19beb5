import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { ConditionContexts } from '../cohorts/condition-contexts.ts';
import type { ConditionContext, MentionedAudience } from '../conditions/condition.ts';
import { referencesOf } from '../conditions/references.ts';
import { Problem } from '../http/problem.ts';
import { type AudienceRow, AudiencesRepository } from './audiences.repository.ts';
import { type AudienceDefinition, checkDefinition, inputsOf } from './definition.ts';
import { audienceMembers } from './statements.ts';

const CYCLE = {
  code: 'cyclic_audience',
  message: 'This audience is defined by itself; an audience cannot mention itself, not even through others.',
};

/** Ids of the audiences that a definition mentions. */
export const audiencesIn = (definition: AudienceDefinition): string[] =>
  inputsOf(definition).flatMap((input) => [...referencesOf(input).audiences]);

/** Reads what a definition depends on, other audiences included, and compiles those. */
@Injectable()
export class AudienceContexts {
  constructor(
    private readonly contexts: ConditionContexts,
    private readonly repository: AudiencesRepository,
  ) {}

  /**
   * The context in which a definition can be compiled.
   * @param self id of the audience being defined, so that it cannot mention itself.
   * @throws Problem 422 with every problem of the definition and its path.
   */
  async checked(account: AccountId, definition: AudienceDefinition, self?: string): Promise<ConditionContext> {
    const context = await this.load(account, definition, self);
    const problems = checkDefinition(definition, context);
    if (problems.length > 0) throw Problem.invalidAll(problems);
    return context;
  }

  private async load(account: AccountId, definition: AudienceDefinition, self?: string): Promise<ConditionContext> {
    const rows = audiencesIn(definition).length > 0 ? await this.repository.all(account) : [];
    const inputs = [definition, ...rows.map((row) => row.definition)].flatMap(inputsOf);
    const base = await this.contexts.load(account, inputs);
    return { ...base, audiences: mentioned(definition, rows, base, self) };
  }
}

/** The audiences that a definition mentions, each compiled once, or with the reason why it cannot be. */
function mentioned(
  definition: AudienceDefinition,
  rows: AudienceRow[],
  base: ConditionContext,
  self?: string,
): ReadonlyMap<string, MentionedAudience> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const done = new Map<string, MentionedAudience>();

  const resolve = (id: string, stack: string[]): MentionedAudience | undefined => {
    const row = byId.get(id);
    if (!row) return undefined;
    if (stack.includes(id)) return { name: row.name, ...CYCLE };
    const known = done.get(id);
    if (known) return known;
    const context = { ...base, audiences: resolveAll(row.definition, [...stack, id]) };
    const [problem] = checkDefinition(row.definition, context);
    const resolved = problem
      ? broken(row.name, problem)
      : { name: row.name, query: audienceMembers(row.definition, context, `${id}_`) };
    done.set(id, resolved);
    return resolved;
  };
  const resolveAll = (each: AudienceDefinition, stack: string[]) => {
    const found = audiencesIn(each).map((id) => [id, resolve(id, stack)] as const);
    return new Map(found.filter((entry): entry is [string, MentionedAudience] => entry[1] !== undefined));
  };
  return resolveAll(definition, self ? [self] : []);
}

function broken(name: string, problem: { path: string; code: string; message: string }): MentionedAudience {
  if (problem.code === CYCLE.code) return { name, ...CYCLE };
  const message = `This audience cannot be used, its own definition has a problem at ${problem.path}: ${problem.message}`;
  return { name, code: 'broken_audience', message };
}
