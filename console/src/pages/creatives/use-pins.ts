import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { fieldsOf } from '../../api/problem.ts';
import { queries } from '../../api/queries.ts';
import type { AttachedCreatives, Creative } from '../../api/types/creatives.ts';
import type { Delivery } from '../../api/types/deliveries.ts';
import { useAction } from '../../api/use-action.ts';

/** A delivery that carries creatives, split by the personas of a set: it can pin them. */
export type PinningDelivery = Delivery & { creatives: AttachedCreatives };

/** Those of a set, for a choice. */
export function usePinningDeliveries(setId: string | undefined): PinningDelivery[] {
  const all = useQuery(queries.deliveries()).data?.items ?? [];
  return all.filter(
    (delivery): delivery is PinningDelivery =>
      delivery.splitByPersona && delivery.personaSetId === setId && delivery.creatives?.attach === true,
  );
}

/** What a delivery pins, and how to change it. */
export interface Pins {
  delivery: string;
  perSegment: number;
  /** Creatives that can be pinned. */
  all: Creative[];
  of: (personaKey: string) => Creative[];
  pin: (personaKey: string, creativeId: string) => void;
  unpin: (personaKey: string, creativeId: string) => void;
  /** Keys of personas that are not there any more. */
  gone: string[];
  takeOffGone: () => void;
  problemOf: (personaKey: string) => string | undefined;
  /** What was refused, where no persona is at fault. */
  error: Error | null;
  busy: boolean;
}

/** @param personaKeys of the personas that the delivery is split by now */
export function usePins({ id, name, creatives }: PinningDelivery, personaKeys: string[]): Pins {
  const all = useQuery(queries.creatives()).data?.items ?? [];
  const { pins, perSegment } = creatives;
  const save = useAction(
    (next: AttachedCreatives['pins']) => api.patch(`/v1/deliveries/${id}`, { creatives: { ...creatives, pins: next } }),
    { refreshes: ['deliveries'], quiet: true },
  );
  const set = (key: string, ids: string[]) => {
    const { [key]: _old, ...rest } = pins;
    save.mutate(ids.length > 0 ? { ...rest, [key]: ids } : rest);
  };
  const idsOf = (key: string) => pins[key] ?? [];
  const problems = fieldsOf(save.error);
  const problemOf = (key: string) =>
    problems.find(({ path }) => path === `creatives.pins.${key}` || path.startsWith(`creatives.pins.${key}[`))?.message;
  return {
    delivery: name,
    perSegment,
    all,
    of: (key) => idsOf(key).flatMap((creativeId) => all.filter((creative) => creative.id === creativeId)),
    pin: (key, creativeId) => set(key, [...idsOf(key), creativeId]),
    unpin: (key, creativeId) =>
      set(
        key,
        idsOf(key).filter((other) => other !== creativeId),
      ),
    gone: Object.keys(pins).filter((key) => !personaKeys.includes(key)),
    takeOffGone: () =>
      save.mutate(Object.fromEntries(Object.entries(pins).filter(([key]) => personaKeys.includes(key)))),
    problemOf,
    error: personaKeys.some(problemOf) ? null : save.error,
    busy: save.isPending,
  };
}
