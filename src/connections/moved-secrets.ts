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
  /** Settings that the caller sent; null removes one. */
  given: Values;
  /** The credential that Reach makes itself and that no user can enter. */
  made?: string;
}

/**
 * Refuses a change of the address that would keep the stored credentials: a user who may change settings could
 * otherwise have them sent to a host of their own.
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
