import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import type { SegmentCreative } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import { PersonasService } from '../personas/personas.service.ts';
import { type CreativeRow, CreativesRepository } from './creatives.repository.ts';
import { CreativesService } from './creatives.service.ts';
import { cover, type Match, rank, type Wanted } from './match.ts';
import type { PersonaFacts } from './rule.ts';

const CSV = ['persona_key', 'persona_name', 'rank', 'creative_id', 'creative_name', 'headline', 'score', 'reasons'];

/** Which creatives suit which personas of a set, and which do not. */
@Injectable()
export class MatchingService {
  constructor(
    private readonly repository: CreativesRepository,
    private readonly creatives: CreativesService,
    private readonly personas: PersonasService,
    private readonly clock: Clock,
  ) {}

  /** Every persona of the published version with its creatives, best first. @throws Problem 404, 409 `not_published` */
  async matches(account: AccountId, setId: string, channel?: string) {
    const { head, personas, all, wanted } = await this.input(account, setId, channel);
    return {
      ...head,
      personas: personas.map((persona) => ({
        ...personaView(persona),
        creatives: rank(all, persona, wanted).map(matchView),
      })),
    };
  }

  /** Personas without a creative and creatives that match none, each with the reason. */
  async coverage(account: AccountId, setId: string, channel?: string) {
    const { head, personas, all, wanted } = await this.input(account, setId, channel);
    const covered = cover(all, personas, wanted);
    const rows = covered.personas.map(({ persona, matches, nearest }) => ({
      ...personaView(persona),
      creatives: matches.map(matchView),
      nearest,
    }));
    return {
      ...head,
      covered: rows.filter(({ creatives }) => creatives.length > 0).length,
      personas: rows,
      unmatched: covered.unmatched.map(({ creative, reasons, nearest }) => ({
        id: creative.id,
        name: creative.name,
        headline: creative.headline,
        reasons,
        nearest,
      })),
    };
  }

  /** The coverage as CSV: one row a match, one a persona without creative, one a creative that matches none. */
  async coverageCsv(account: AccountId, setId: string, channel?: string): Promise<string> {
    const { personas, unmatched } = await this.coverage(account, setId, channel);
    const matched = personas.flatMap(({ key, name, creatives, nearest }) => {
      const persona = { persona_key: key, persona_name: name };
      if (creatives.length === 0)
        return [{ ...persona, reasons: ['No creative matches.', ...(nearest?.reasons ?? [])].join(' ') }];
      return creatives.map((creative, i) => ({
        ...persona,
        rank: i + 1,
        creative_id: creative.id,
        creative_name: creative.name,
        headline: creative.headline,
        score: creative.score,
        reasons: creative.reasons.join(' '),
      }));
    });
    const idle = unmatched.map(({ id, name, headline, reasons }) => ({
      creative_id: id,
      creative_name: name,
      headline,
      reasons: reasons.join(' '),
    }));
    return stringify([...matched, ...idle], { header: true, columns: CSV, escape_formulas: true });
  }

  /** What rules are judged on, of each persona of a version. */
  async facts(account: AccountId, setId: string, versionId: string): Promise<PersonaFacts[]> {
    const set = await this.personas.get(account, setId);
    const number = set.versions.find(({ id }) => id === versionId)?.version;
    if (number === undefined) throw Problem.notFound('version of this persona set', versionId);
    const version = await this.personas.getVersion(account, setId, number);
    return version.personas.map((persona) => ({ ...persona, setId }));
  }

  private async input(account: AccountId, setId: string, channel?: string) {
    if (channel) {
      const problems = this.creatives.channelProblem(channel, 'channel');
      if (problems.length > 0) throw Problem.invalidAll(problems);
    }
    const { name, versionId } = await this.personas.published(account, setId);
    const [personas, all] = await Promise.all([this.facts(account, setId, versionId), this.repository.all(account)]);
    const wanted: Wanted = { channel, now: this.clock.now() };
    return { head: { setId, name, versionId, channel: channel ?? null, asOf: wanted.now }, personas, all, wanted };
  }
}

const personaView = ({ key, name, color, size, share }: PersonaFacts) => ({ key, name, color, size, share });

const matchView = ({ creative, score, reasons }: Match<CreativeRow>) => ({
  id: creative.id,
  name: creative.name,
  headline: creative.headline,
  score,
  reasons,
});

/** A creative as it travels: only what it has. */
export function travelling(creative: CreativeRow, reasons: string[]): SegmentCreative {
  const { id, revision, name, headline, body, imageUrl, callToAction, linkUrl } = creative;
  return {
    id,
    revision,
    name,
    headline,
    ...(body ? { body } : {}),
    ...(imageUrl ? { imageUrl } : {}),
    ...(callToAction ? { callToAction } : {}),
    ...(linkUrl ? { linkUrl } : {}),
    reasons,
  };
}
