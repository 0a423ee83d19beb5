import { type FieldProblem, Problem } from '../http/problem.ts';
import type { Cluster, PersonaModel } from '../models/persona-model.ts';
import { leastClusters, type Pins } from '../models/train.ts';
import { isProtected } from '../models/trait-selection.ts';
import type { CreateVersionDto } from './personas.dto.ts';

/** One pinned persona, and the model that it was pinned in. */
export interface Pin {
  key: string;
  model: PersonaModel;
}

/** What a training keeps of the pinned personas. All were found by one measure: pinning sees to that. */
export function pinsOf(pins: Pin[]): Pins | undefined {
  const [first] = pins;
  if (!first) return undefined;
  const clusters = pins.flatMap(({ key, model }): Cluster[] => model.personas.filter((each) => each.key === key));
  return { encoding: first.model.encoding, clusters };
}

/** Whether two models measure contacts alike, so that a centroid of one means the same in the other. */
export const sameMeasure = (a: PersonaModel, b: PersonaModel) =>
  JSON.stringify(a.encoding) === JSON.stringify(b.encoding);

/** @throws Problem 422 for a training that cannot keep what is pinned. */
export function refusePinned(dto: CreateVersionDto, k: number | null, pins: Pins | undefined): void {
  if (!pins) return;
  const faults: FieldProblem[] = [];
  const add = (path: string, code: string, message: string) => faults.push({ path, code, message });
  const traits = pins.encoding.traits.map(({ trait }) => trait);
  const least = leastClusters(pins);
  if (k !== null && k < least) {
    add('k', 'fewer_than_pinned', `With what is pinned there are at least ${least} personas. Ask for more or unpin.`);
  }
  if (dto.traits && dto.traits.toSorted().join() !== traits.toSorted().join()) {
    const kept = `Pinned personas keep the traits that they were found by: ${traits.join(', ')}.`;
    add('traits', 'pinned_measure', `${kept} Leave the traits as they are or unpin.`);
  }
  if (dto.excludeProtected && traits.some(isProtected)) {
    const kept = `Pinned personas were found by the protected ${traits.filter(isProtected).join(', ')}.`;
    add('excludeProtected', 'pinned_measure', `${kept} Unpin them first.`);
  }
  if (faults.length > 0) throw Problem.invalidAll(faults);
}
