import type { TraitPoints } from './outcome-model.ts';

export const UNKNOWN = 'unknown';
export const OTHER = 'other';

/** A measured value as people read it. */
export function valueLabel(trait: TraitPoints, value: number | string): string {
  if (value === '' || Number.isNaN(value)) return UNKNOWN;
  if (typeof value === 'string') return value;
  if (trait.kind === 'number' && trait.type === 'boolean') return value >= 0.5 ? 'true' : 'false';
  return trait.kind === 'number' && trait.type === 'date' ? daysAgo(value) : short(value);
}

/** The name of each place of a trait, in their order. */
export function placeLabels(trait: TraitPoints): string[] {
  if (trait.kind === 'category') return [...trait.levels, OTHER, UNKNOWN];
  if (trait.type === 'boolean') return ['false', 'true', UNKNOWN];
  const show = (value: number) => (trait.type === 'date' ? daysAgo(value) : short(value));
  const { edges } = trait;
  if (edges.length === 0) return ['any', UNKNOWN];
  const inner = edges.slice(1).map((edge, i) => `${show(edges[i]!)} to under ${show(edge)}`);
  return [`under ${show(edges[0]!)}`, ...inner, `${show(edges.at(-1)!)} or more`, UNKNOWN];
}

const daysAgo = (days: number) => (days < 0 ? `in ${short(-days)} days` : `${short(days)} days ago`);

/** At most four digits that count. */
const short = (value: number) => String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
