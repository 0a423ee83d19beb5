import { Injectable } from '@nestjs/common';
import type { DestinationDefinition, Encoded, Member } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { type HeldForm, HeldFormsRepository } from './held-forms.repository.ts';
import type { AttributeType } from './members.repository.ts';
import type { PlanInput } from './plan.sql.ts';
import { type Judgement, judge } from './remainders.ts';
import { type DeliveryRow, RunsRepository } from './runs.repository.ts';
import { NO_COUNTS, retriesOnly, type SegmentCounts } from './states.ts';

/** Members read from the warehouse at a time. */
const PAGE = 10_000;

export type Encoders = Map<string, (member: Member) => Encoded>;

/** A delivery that is planned, and how its members are written. */
export interface Comparison {
  delivery: DeliveryRow;
  definition: DestinationDefinition;
  input: PlanInput;
  encoders: Encoders;
  attributes: AttributeType[];
}

/** Whether a delivery sends differences of members: a full file is written again, and changes follow earlier reports. */
export const comparesForms = ({ mode }: Pick<DeliveryRow, 'mode'>, { capabilities }: DestinationDefinition): boolean =>
  capabilities.mirrorBy === 'diff' && mode !== 'changes' && mode !== 'remove-only';

/**
 * Sets what would be sent against what was sent. A plan knows changed members by versions of their contacts and of the
 * delivery; only the forms tell whether anything that the destination gets has changed.
 */
@Injectable()
export class FormComparison {
  constructor(
    private readonly forms: HeldFormsRepository,
    private readonly runs: RunsRepository,
  ) {}

  /**
   * Corrects a plan that was just made: whose form is the same is not sent, and whose keys are there no longer is marked
   * `outdated` where a mirror takes them out. @returns whether anything was corrected
   */
  async correct(comparison: Comparison): Promise<boolean> {
    const { delivery, definition, input, encoders, attributes } = comparison;
    const sentAlike = this.sentAlike(comparison);
    const account = delivery.accountId as AccountId;
    let [hasSame, hasOutdated] = [false, false];
    for (const [segmentKey, encode] of encoders) {
      const place = { deliveryId: delivery.id, planId: input.planId, segmentKey };
      for (let cursor = ''; ; ) {
        const page = await this.forms.page(account, place, { cursor, limit: PAGE, attributes });
        const last = page.at(-1);
        if (!last) break;
        cursor = last.member.contactId;
        const judged: Record<Judgement, typeof page> = { same: [], again: [], outdated: [] };
        for (const one of page)
          judged[judge(definition, one.held, encode(one.member), await sentAlike(one.held))].push(one);
        const same = judged.same.map(({ member }) => member.contactId);
        const outdated = delivery.mode === 'mirror' ? judged.outdated : [];
        await this.forms.renew(account, place, same);
        if (outdated.length > 0) await this.forms.outdate(account, place, outdated);
        hasSame ||= same.length > 0;
        hasOutdated ||= outdated.length > 0;
      }
    }
    if (hasSame) await this.forms.replan(input);
    return hasSame || hasOutdated;
  }

  /**
   * What `correct` would make of the counts of a plan that is not written down.
   * @returns a function that takes planned members of a segment, and gives back who of them would be sent
   */
  preview(comparison: Comparison, counts: Map<string, SegmentCounts>) {
    const { delivery, definition, input } = comparison;
    const sentAlike = this.sentAlike(comparison);
    return async (segmentKey: string, members: Planned[]): Promise<Planned[]> => {
      const place = { deliveryId: delivery.id, segmentKey };
      const ids = members.map(({ encoded }) => encoded.contactId);
      const held = await this.forms.of(delivery.accountId as AccountId, place, ids);
      const total = { ...(counts.get(segmentKey) ?? NO_COUNTS) };
      const sent: Planned[] = [];
      for (const member of members) {
        const form = held.get(member.encoded.contactId);
        const judgement = form && judge(definition, form, member.encoded, await sentAlike(form));
        if (judgement === 'outdated' && delivery.mode === 'mirror') total.outdated += 1;
        const now = judgement === 'same' ? standing(input, form!) : member.action;
        total[COUNTS[member.action]] -= 1;
        total[COUNTS[now]] += 1;
        if (now === 'add' || now === 'change') sent.push(member);
      }
      counts.set(segmentKey, total);
      return sent;
    };
  }

  /** Whether what a run sent beside a form is what would be sent beside it now. Each run is looked up once. */
  private sentAlike({ delivery, definition }: Comparison): (held: HeldForm) => Promise<boolean> {
    const besideOf = (options: object) =>
      JSON.stringify(definition.sentBeside ? definition.sentBeside(options) : options);
    const now = besideOf(delivery.options);
    const known = new Map<string, Promise<boolean>>();
    const ask = async (runId: string) => {
      const sent = (await this.runs.run(runId))?.definition as DeliveryRow | null | undefined;
      return sent ? besideOf(sent.options) === now : false;
    };
    return ({ run_id: runId }) => {
      const answer = known.get(runId) ?? ask(runId);
      known.set(runId, answer);
      return answer;
    };
  }
}

/** A member that a plan would send. */
export interface Planned {
  action: 'add' | 'change';
  encoded: Encoded;
}

const COUNTS = {
  add: 'adds',
  change: 'changes',
  refresh: 'refreshes',
  unchanged: 'unchanged',
  refused: 'refused',
} as const;

/** What a plan does with a member whose form is in the ledger already. */
function standing(input: PlanInput, { state, at }: HeldForm): keyof typeof COUNTS {
  if (state === 'refused') return input.retryRefused ? 'add' : 'refused';
  const before = input.refreshBefore === undefined ? 0 : Date.parse(input.refreshBefore);
  const isDue = state === 'failed' || input.resync || Date.parse(at) < before;
  return isDue && !(retriesOnly(input) && state === 'present') ? 'refresh' : 'unchanged';
}
