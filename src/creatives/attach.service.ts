import { Injectable } from '@nestjs/common';
import type { SegmentCreative } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import type { AttachCreativesDto } from './creatives.dto.ts';
import { CreativesRepository } from './creatives.repository.ts';
import { CreativesService } from './creatives.service.ts';
import { rank, refusalOf } from './match.ts';
import { MatchingService, travelling } from './matching.service.ts';
import type { PersonaFacts } from './rule.ts';

/** Which creatives travel with a delivery's segments. */
export interface AttachedCreatives {
  attach: boolean;
  /** Most creatives of one segment. */
  perSegment: number;
  /** Null: the type of the delivery's destination. */
  channel: string | null;
  /** By segment key: exactly these, in this order. */
  pins: Record<string, string[]>;
}

const PER_SEGMENT = 3;
const MOST_PINS = 20;

/** Attaches creatives to the segments of deliveries. */
@Injectable()
export class AttachService {
  constructor(
    private readonly repository: CreativesRepository,
    private readonly creatives: CreativesService,
    private readonly matching: MatchingService,
    private readonly clock: Clock,
  ) {}

  /**
   * A delivery's wish with its defaults filled in.
   * @param segments keys that the delivery has
   * @param kept what it wishes already: a pin of a persona that is gone stays, as the persona may come back
   * @throws Problem with paths below `creatives`
   */
  async checked(
    account: AccountId,
    dto: AttachCreativesDto,
    segments: string[],
    kept?: AttachedCreatives | null,
  ): Promise<AttachedCreatives> {
    const known = new Set((await this.repository.all(account)).map(({ id }) => id));
    const pins = Object.entries(dto.pins ?? {});
    const changed = pins.filter(([key, ids]) => JSON.stringify(ids) !== JSON.stringify(kept?.pins[key]));
    const problems = [
      ...(dto.channel ? this.creatives.channelProblem(dto.channel, 'creatives.channel') : []),
      ...changed.flatMap(([key, ids]) => pinProblems(key, ids, segments, known)),
    ];
    if (problems.length > 0) throw Problem.invalidAll(problems);
    return {
      attach: dto.attach ?? true,
      perSegment: dto.perSegment ?? PER_SEGMENT,
      channel: dto.channel ?? null,
      pins: Object.fromEntries(pins) as Record<string, string[]>,
    };
  }

  /**
   * The creatives of each segment now, by its key, best first; nothing at all when the delivery attaches none. Pinned ones
   * that are deleted or not in their period are left out.
   * @param whole key and name of the only segment, when the delivery is not split
   */
  async attached(
    account: AccountId,
    wish: AttachedCreatives | null,
    to: { destination: string; published?: { setId: string; versionId: string }; whole: { key: string; name: string } },
  ): Promise<Map<string, SegmentCreative[]> | undefined> {
    if (!wish?.attach) return undefined;
    const { published, whole } = to;
    const [all, personas] = await Promise.all([
      this.repository.all(account),
      published ? this.matching.facts(account, published.setId, published.versionId) : [everyone(whole)],
    ]);
    const wanted = { channel: wish.channel ?? to.destination, now: this.clock.now() };
    const pinned = (ids: string[]) =>
      ids
        .flatMap((id) => all.filter((creative) => creative.id === id))
        .filter(
          ({ activeFrom, activeUntil, ...rest }) =>
            !refusalOf({ ...rest, activeFrom, activeUntil }, { now: wanted.now }),
        )
        .map((creative) => travelling(creative, ['The delivery pins it.']));
    return new Map(
      personas.map((persona) => {
        const pins = wish.pins[persona.key];
        if (pins) return [persona.key, pinned(pins)];
        const best = rank(all, persona, wanted).slice(0, wish.perSegment);
        return [persona.key, best.map(({ creative, reasons }) => travelling(creative, reasons))];
      }),
    );
  }
}

/** The whole audience as rules see it: only creatives that are for every persona match it. */
const everyone = ({ key, name }: { key: string; name: string }): PersonaFacts => ({
  setId: '',
  key,
  name,
  color: '',
  size: 0,
  share: 1,
  salientTraits: [],
  profile: [],
});

function pinProblems(key: string, ids: unknown, segments: string[], known: Set<string>): FieldProblem[] {
  const path = `creatives.pins.${key}`;
  if (!segments.includes(key)) {
    const message = `The delivery has no segment "${key}"; it has ${segments.join(', ') || 'none yet'}.`;
    return [{ path, code: 'unknown_persona', message }];
  }
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > MOST_PINS)
    return [{ path, code: 'wrong_type', message: `Pins are a list of 1 to ${MOST_PINS} ids of creatives.` }];
  return ids.flatMap((id, i): FieldProblem[] => {
    const here = `${path}[${i}]`;
    if (ids.indexOf(id) < i) return [{ path: here, code: 'duplicate', message: 'This creative is pinned twice.' }];
    if (known.has(id)) return [];
    return [{ path: here, code: 'unknown_creative', message: `There is no creative with id "${String(id)}".` }];
  });
}
