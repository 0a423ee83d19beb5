import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { ConsentPolicyService } from '../privacy/consent-policy.service.ts';
import { isUsable } from './batching.ts';
import type { Encoders } from './form-comparison.ts';
import { type AttributeType, MembersRepository } from './members.repository.ts';
import type { PlanInput } from './plan.sql.ts';
import type { SegmentCounts } from './states.ts';

/** Members read from the warehouse at a time. The first of them nearly always answer. */
const PAGE = 1_000;

/** Finds segments that a run would fill with contacts of whom not one has an identifier for the destination. */
@Injectable()
export class UsableMembers {
  constructor(
    private readonly members: MembersRepository,
    private readonly consent: ConsentPolicyService,
  ) {}

  /** @returns keys of the planned segments that would hold nobody, because no member can be sent */
  async unusable(
    input: PlanInput,
    counts: Map<string, SegmentCounts>,
    { encoders, attributes }: { encoders: Encoders; attributes: AttributeType[] },
  ): Promise<Set<string>> {
    const found = new Set<string>();
    for (const [segmentKey, encode] of encoders) {
      const own = counts.get(segmentKey);
      if (!own || !isFilledAnew(own)) continue;
      let isAnyUsable = false;
      for await (const page of this.pages(input, segmentKey, attributes))
        if (page.some(({ member, keptBack }) => keptBack !== '' || isUsable(encode(member)))) {
          isAnyUsable = true;
          break;
        }
      if (!isAnyUsable) found.add(segmentKey);
    }
    return found;
  }

  private async *pages({ account, planId }: PlanInput, segmentKey: string, attributes: AttributeType[]) {
    const id = account as AccountId;
    const deniedCountries = await this.consent.deniedCountries(id);
    const query = { planId, segmentKey, actions: ['add', 'change'], sparedSegments: [], limit: PAGE, attributes };
    for (let cursor = ''; ; ) {
      const page = await this.members.page(id, { ...query, cursor, deniedCountries });
      const last = page.at(-1);
      if (!last) return;
      cursor = last.member.contactId;
      yield page;
    }
  }
}

/** Members that a run sends because they are new or have changed. */
export const sentBy = ({ adds, changes }: SegmentCounts): number => adds + changes;

/** Whether a run sends everyone in a segment: no member stays as it is. */
export const isFilledAnew = (counts: SegmentCounts): boolean =>
  sentBy(counts) > 0 && counts.refreshes + counts.unchanged === 0;
