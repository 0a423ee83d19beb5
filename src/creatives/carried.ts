import type { Segment, SegmentCreative } from '../../connectors/destination.ts';

/** A creative that a segment carries, and for which persona where several share the segment. */
export type CarriedCreative = SegmentCreative & { persona?: string };

/** Every creative that travels with a segment: its own, or those of each persona that shares it. */
export function carriedCreatives({ creatives, personas = [] }: Segment): CarriedCreative[] {
  const shared = personas.flatMap((persona) =>
    (persona.creatives ?? []).map((creative) => ({ ...creative, persona: persona.brief.personaName })),
  );
  return [...(creatives ?? []), ...shared];
}

/** Whether a segment carries other creatives than before, or others of their revisions. Before: nothing was sent yet. */
export function carriesOthers(segment: Segment, before: Segment | undefined): boolean {
  const told = (of: Segment) => carriedCreatives(of).map(({ id, revision, persona }) => [id, revision, persona]);
  return before !== undefined && JSON.stringify(told(segment)) !== JSON.stringify(told(before));
}
