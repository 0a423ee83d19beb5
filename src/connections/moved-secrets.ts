import { isDeepStrictEqual } from 'node:util';
import { plainToInstance } from 'class-transformer';
import { isAddress, labelledFields, secretFields } from '../../connectors/declared.ts';
import type { DestinationDefinition } from '../../connectors/destination.ts';
import { Problem } from '../http/problem.ts';

type Values = Record<string, unknown>;

/** A change of a connection's settings. */
export interface SettingsChange {
  before: Values;
  after: Values;
  /** What the caller sent: a credential, or null to remove one. */
  given: Values;
  /** The setting that Reach makes itself, which nobody can enter. */
  made?: string;
}

/**
 * Refuses a change of the address that would take credentials along: whoever may change settings could else have them
 * sent to a host of their own.
 * @throws Problem 422 `secret_needed_again` for each credential that has to be entered again
 */
export function assertSecretsGiven(definition: DestinationDefinition, change: SettingsChange): void {
  const moved = movedFields(definition, change);
  if (moved.length === 0) return;
  const kept = secretFields(definition.settings).filter(
    (name) => change.after[name] !== undefined && change.given[name] === undefined && name !== change.made,
  );
  if (kept.length === 0) return;
  const message = `"${moved.join('", "')}" changed, so enter this again, or send null to remove it.`;
  throw Problem.invalidAll(kept.map((name) => ({ path: `settings.${name}`, code: 'secret_needed_again', message })));
}

/** Labels of the settings that decide where credentials go and mean something else now. */
function movedFields({ settings }: DestinationDefinition, { before, after }: SettingsChange): string[] {
  const [was, is] = [before, after].map((values) => plainToInstance(settings, values) as Values) as [Values, Values];
  return labelledFields(settings)
    .filter(({ name }) => isAddress(settings, name) && !isDeepStrictEqual(was[name], is[name]))
    .map(({ text }) => text);
}
