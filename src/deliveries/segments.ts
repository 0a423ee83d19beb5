import { createHash } from 'node:crypto';
import Mustache from 'mustache';
import type { Segment, SegmentBrief, SegmentCreative } from '../../connectors/destination.ts';

/** What a persona brings to a brief; the published shape of the personas room. */
export interface PersonaLike {
  key: string;
  name: string;
  color: string;
  summary: string;
  size: number;
  share: number;
  salientTraits: { trait: string; statement: string; lift: number }[];
  tone?: string | null;
  offer?: string | null;
  messages?: string[] | null;
}

export interface SegmentNames {
  nameTemplate: string;
  descriptionTemplate: string;
  delivery: string;
  audience: string;
}

/** Key of the only segment of a delivery that is not split. */
export const WHOLE = 'all';

/** Templates are plain text: nothing is escaped for HTML. */
const render = (template: string, view: object): string =>
  Mustache.render(template, view, {}, { escape: String }).replaceAll(/\s+/g, ' ').trim();

/** Checks a template's syntax. @returns what is wrong, or nothing */
export function templateFault(template: string): string | undefined {
  try {
    Mustache.parse(template);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A persona's segment with its remote name, description and brief rendered. */
export function personaSegment(persona: PersonaLike, names: SegmentNames, creatives?: SegmentCreative[]): Segment {
  const brief: SegmentBrief = {
    personaKey: persona.key,
    personaName: persona.name,
    summary: persona.summary,
    color: persona.color,
    size: persona.size,
    share: persona.share,
    salientTraits: persona.salientTraits,
    ...(persona.tone ? { tone: persona.tone } : {}),
    ...(persona.offer ? { offer: persona.offer } : {}),
    ...(persona.messages?.length ? { messages: persona.messages } : {}),
  };
  return renderSegment(persona.key, brief, names, creatives);
}

/** The whole audience as one segment. */
export function wholeSegment(names: SegmentNames, creatives?: SegmentCreative[]): Segment {
  const brief = {
    personaKey: WHOLE,
    personaName: names.audience,
    summary: `Everyone in ${names.audience}.`,
    color: '#868e96',
    size: 0,
    share: 1,
    salientTraits: [],
  };
  return renderSegment(WHOLE, brief, names, creatives);
}

/** The whole audience, with the personas that share it. */
export function joinedSegment(whole: Segment, personas: Segment[]): Segment {
  const shared = personas.map(({ brief, creatives }) => ({ brief, ...(creatives && { creatives }) }));
  return { ...whole, personas: shared };
}

const GONE = / \((retired|merged into .*)\)$/;

/**
 * The segment of a persona that is no more: nothing is said to it any longer, and its name tells what became of it.
 * @param mergedInto the name of the persona that its people are in now
 * @param namesInUse of the personas that there are: files are named by them, and one may have taken this one's
 */
export function retiredSegment(
  { creatives: _former, ...segment }: Segment,
  mergedInto?: string,
  namesInUse: ReadonlySet<string> = new Set(),
): Segment {
  const { creativeIds: _ids, ...brief } = segment.brief;
  const fate = mergedInto === undefined ? 'retired' : `merged into ${mergedInto}`;
  const told = (name: string) => `${name.replace(GONE, '')} (${fate})`;
  const persona = brief.personaName.replace(GONE, '');
  const personaName = namesInUse.has(persona) ? told(persona) : persona;
  return { ...segment, brief: { ...brief, personaName }, name: told(segment.name) };
}

function renderSegment(
  key: string,
  brief: SegmentBrief,
  names: SegmentNames,
  creatives: SegmentCreative[] | undefined,
): Segment {
  const view = {
    delivery: names.delivery,
    audience: names.audience,
    persona: brief.personaName,
    key,
    summary: brief.summary,
    share: `${Math.round(brief.share * 100)} %`,
    traits: brief.salientTraits
      .slice(0, 5)
      .map((trait) => trait.statement)
      .join('; '),
    tone: brief.tone ?? '',
    offer: brief.offer ?? '',
    creatives: (creatives ?? []).map(({ name }) => name).join('; '),
  };
  return {
    key,
    name: render(names.nameTemplate, view),
    description: render(names.descriptionTemplate, view),
    brief: { ...brief, ...(creatives && { creativeIds: creatives.map(({ id }) => id) }) },
    ...(creatives && { creatives }),
  };
}

/** A positive integer below 2^52 that is the same whenever it is asked for the same upload. */
export function sessionId(uploadId: string): number {
  return Number.parseInt(createHash('sha256').update(uploadId).digest('hex').slice(0, 13), 16) || 1;
}
