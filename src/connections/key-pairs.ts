import type { DestinationDefinition } from '../../connectors/destination.ts';
import { Problem } from '../http/problem.ts';
import type { PublicHalf } from './connections.tables.ts';

type Values = Record<string, unknown>;

/** For whom, by whom and when a pair is made. */
export interface PairMaker {
  connectionId: string;
  by: string;
  at: Date;
  /** One of the destination's kinds; the usual one when absent. */
  kind?: string;
}

/** Settings with the private half where it belongs, and the public half. */
export interface WithPair {
  settings: Values;
  keyPair: PublicHalf | null;
}

/** Makes a pair, in place of any that was there. @throws Problem when the destination takes none, or not of this kind */
export async function makePair(
  definition: DestinationDefinition,
  settings: Values,
  maker: PairMaker,
): Promise<WithPair> {
  const { keyPair: declared } = definition;
  if (!declared) throw Problem.conflict('no_key_pair', `${definition.title} has no login with a key pair.`);
  const kind = maker.kind ?? declared.kinds[0]!;
  if (!declared.kinds.includes(kind))
    throw Problem.invalid('kind', 'not_supported', `"${kind}" is not one of: ${declared.kinds.join(', ')}`);
  const { privateKey, publicKey, fingerprint } = await declared.make(kind, `reach-${maker.connectionId}`);
  return {
    settings: { ...settings, ...declared.asked, [declared.setting]: privateKey },
    keyPair: { publicKey, fingerprint, createdAt: maker.at.toISOString(), createdBy: maker.by },
  };
}

/**
 * Sees to it that settings which ask for a pair have one, and that a pair nobody asks for any more is forgotten.
 * @param given what the caller sent; a private half is nothing to send where Reach makes it
 * @throws Problem
 */
export async function withPair(
  definition: DestinationDefinition,
  settings: Values,
  { given, known, maker }: { given: Values; known: PublicHalf | null; maker: PairMaker },
): Promise<WithPair> {
  const { keyPair: declared } = definition;
  if (!declared) return { settings, keyPair: null };
  const isGiven = (given[declared.setting] ?? undefined) !== undefined;
  if (asks(declared.asked as Values, settings)) {
    const path = `settings.${declared.setting}`;
    if (isGiven)
      throw Problem.invalid(path, 'made_by_reach', 'Reach makes this key and shows it to nobody: leave it out.');
    return known ? { settings, keyPair: known } : makePair(definition, settings, maker);
  }
  const { [declared.setting]: _made, ...others } = settings;
  return { settings: known && !isGiven ? others : settings, keyPair: null };
}

const asks = (asked: Values, settings: Values): boolean =>
  Object.entries(asked).every(([name, value]) => settings[name] === value);
