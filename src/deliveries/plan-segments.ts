import type { DestinationDefinition, RemoteAudience, Segment } from '../../connectors/destination.ts';
import type { PlannedSegment } from './layout.ts';
import type { DeliveryRow } from './runs.repository.ts';
import { WHOLE, wholeSegment } from './segments.ts';
import { NO_STALE_FORMS } from './stale-forms.repository.ts';
import { NO_COUNTS, type SegmentCounts, sizeAfter } from './states.ts';

/** Members are renewed when this share of their membership is over. */
const RENEWAL_SHARE = 0.9;

/** Days after which the platform forgets a member, by the delivery's options. */
export const membershipDays = (
  { options }: DeliveryRow,
  { membershipDays: daysOf, capabilities }: DestinationDefinition,
) => daysOf?.(options) ?? capabilities.membershipDays;

/** Members last sent before this time are near the end of their membership at the platform, the shortest of several. */
export function refreshBefore(memberships: (number | undefined)[], now: Date): string | undefined {
  const days = Math.min(...memberships.map((given) => given ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(days) ? new Date(now.getTime() - days * RENEWAL_SHARE * 86_400_000).toISOString() : undefined;
}

/** Whether a remote audience that holds members is not what the delivery says of it. */
export function differs(
  { segment, counts }: PlannedSegment,
  bound: { remote: RemoteAudience; segment: Segment } | undefined,
  days: number | undefined,
): boolean {
  if (!bound || sizeAfter(counts) === 0) return false;
  const isNamed = bound.segment.name === segment.name && bound.segment.description === segment.description;
  return !isNamed || (days !== undefined && bound.remote.membershipDays !== days);
}

/** With members who are sent again only because another form of them goes, and with everything that goes. */
export function restated(part: PlannedSegment, { restated: again, staying, leaving } = NO_STALE_FORMS): PlannedSegment {
  const { refreshes, unchanged, removes, outdated } = part.counts;
  const removals = [removes, outdated, ...staying, ...leaving].reduce((sum, n) => sum + n, 0);
  return { ...part, counts: { ...part.counts, refreshes: refreshes + again, unchanged: unchanged - again, removals } };
}

export function withCounts(segments: Segment[], counts: Map<string, SegmentCounts>): PlannedSegment[] {
  const known = segments.map((segment) => ({
    segment: sized(segment, counts),
    counts: counts.get(segment.key) ?? NO_COUNTS,
  }));
  const none = counts.get('none');
  return none
    ? [
        ...known,
        {
          segment: {
            ...wholeSegment({
              nameTemplate: 'No persona',
              descriptionTemplate: '',
              delivery: '',
              audience: 'No persona',
            }),
            key: 'none',
          },
          counts: none,
        },
      ]
    : known;
}

/** The brief's size is that of the segment: who will be in the remote audience after the run. */
function sized(segment: Segment, all: Map<string, SegmentCounts>): Segment {
  const total = [...all.values()].reduce((sum, counts) => sum + sizeAfter(counts), 0);
  const size = sizeAfter(all.get(segment.key) ?? NO_COUNTS);
  return {
    ...segment,
    brief: { ...segment.brief, size, share: segment.key === WHOLE ? 1 : total === 0 ? 0 : size / total },
  };
}
