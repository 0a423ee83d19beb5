import { getMetadataStorage } from 'class-validator';
import {
  type ClassOf,
  type DestinationDefinition,
  labelledFields,
  secretFields,
} from '../../connectors/destination.ts';
import { facebook } from '../../connectors/facebook/definition.ts';
import { google } from '../../connectors/google/definition.ts';
import { httpAudience } from '../../connectors/http-audience/definition.ts';
import { objectStorage } from '../../connectors/object-storage/definition.ts';
import { loadPackages } from '../../connectors/packages.ts';
import { DestinationRegistry } from '../../connectors/registry.ts';
import { sftp } from '../../connectors/sftp/definition.ts';
import { webhook } from '../../connectors/webhook/definition.ts';

/** The destinations that ship with Reach. */
export const DESTINATIONS = [
  facebook,
  google,
  sftp,
  objectStorage,
  webhook,
  httpAudience,
] as unknown as DestinationDefinition[];

/**
 * Every destination of this process: ours, and those of the packages that settings name. Packages are looked for from
 * the working folder, then from Reach's own.
 * @throws at boot, naming every faulty connector
 */
export async function createRegistry(packages: string[] = []): Promise<DestinationRegistry> {
  const theirs = await loadPackages(packages, [process.cwd(), import.meta.dirname]);
  return new DestinationRegistry([...DESTINATIONS, ...theirs]);
}

/** A form field, derived from a settings or options class: what a console or a client needs to ask for it. */
export interface FieldDescription {
  name: string;
  label: string;
  secret: boolean;
  required: boolean;
  kind: 'text' | 'number' | 'boolean' | 'list' | 'object';
  choices?: unknown[];
}

const KINDS: [RegExp, FieldDescription['kind']][] = [
  // Objects, also in lists, are asked for as JSON.
  [/nested/i, 'object'],
  [/^is(Int|Number|Positive)$|^(min|max)$/, 'number'],
  [/^isBoolean$/, 'boolean'],
  [/^isArray$|^array/, 'list'],
  [/^isObject$/, 'object'],
];

/** Describes the labelled fields of a class from its validation rules, so that no form repeats them. */
export function describeFields(target: ClassOf<object>): FieldDescription[] {
  const secrets = secretFields(target);
  const rules = getMetadataStorage().getTargetValidationMetadatas(target, '', false, false);
  return labelledFields(target).map(({ name, text }) => {
    const own = rules.filter((rule) => rule.propertyName === name);
    const names = own.map((rule) => rule.name ?? rule.type);
    const choices = own.find((rule) => rule.name === 'isIn')?.constraints?.[0] as unknown[] | undefined;
    return {
      name,
      label: text,
      secret: secrets.includes(name),
      required:
        !own.some((rule) => rule.type === 'conditionalValidation') &&
        !(name in new target() && (new target() as Record<string, unknown>)[name] !== undefined),
      kind: KINDS.find(([pattern]) => names.some((n) => pattern.test(n)))?.[1] ?? 'text',
      ...(choices ? { choices } : {}),
    };
  });
}

/** A destination as `GET /v1/destinations` shows it. */
export function describeDestination({ type, title, summary, capabilities, settings, options }: DestinationDefinition) {
  return { type, title, summary, capabilities, settings: describeFields(settings), options: describeFields(options) };
}
