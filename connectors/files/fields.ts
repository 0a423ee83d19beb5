import type { Segment } from '../destination.ts';

/** What a column can say of its segment. */
export const SEGMENT_FIELDS: Record<string, (segment: Segment) => string> = {
  'persona.key': ({ brief }) => brief.personaKey,
  'persona.name': ({ brief }) => brief.personaName,
  'persona.summary': ({ brief }) => brief.summary,
  'persona.tone': ({ brief }) => brief.tone ?? '',
  'persona.offer': ({ brief }) => brief.offer ?? '',
  'persona.messages': ({ brief }) => (brief.messages ?? []).join(' | '),
  'persona.creatives': ({ brief }) => (brief.creativeIds ?? []).join(' '),
  'segment.name': ({ name }) => name,
  // of the segment's best creative, for receivers that print one
  'creative.id': ({ creatives }) => creatives?.[0]?.id ?? '',
  'creative.headline': ({ creatives }) => creatives?.[0]?.headline ?? '',
  'creative.body': ({ creatives }) => creatives?.[0]?.body ?? '',
  'creative.imageUrl': ({ creatives }) => creatives?.[0]?.imageUrl ?? '',
  'creative.callToAction': ({ creatives }) => creatives?.[0]?.callToAction ?? '',
  'creative.linkUrl': ({ creatives }) => creatives?.[0]?.linkUrl ?? '',
};
