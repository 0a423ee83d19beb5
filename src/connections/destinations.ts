import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import { isAddress, labelledFields, secretFields } from '../../connectors/declared.ts';
import type { ClassOf, DestinationDefinition } from '../../connectors/destination.ts';
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

/**
 * How a field is asked for. `rows`: a list of objects, each made of `fields`; `object`: one of them, or any JSON object
 * where there are no `fields`; `map`: texts by name; `json`: any JSON.
 */
export type FieldKind = 'text' | 'number' | 'boolean' | 'list' | 'map' | 'rows' | 'object' | 'json';

/** A form field, derived from a settings or options class: what a console or a client needs to ask for it. */
export interface FieldDescription {
  name: string;
  label: string;
  secret: boolean;
  /** It decides where credentials go, so a change of it asks for them again. */
  address?: true;
  required: boolean;
  kind: FieldKind;
  /** A text of many lines, such as a key. */
  long?: true;
  choices?: unknown[];
  /** Of an object, or of each row. */
  fields?: FieldDescription[];
}

/** From the names of a field's validation rules; the first that fits. `textMap` and `anyJson` are names that connectors give their own. */
const KINDS: [RegExp, FieldKind][] = [
  [/^textMap$/, 'map'],
  [/^anyJson$/, 'json'],
  [/^isArray$|^array/, 'list'],
  [/^isObject$|nested/i, 'object'],
  [/^isBoolean$/, 'boolean'],
  [/^isInt$|^isNumber$|^isPositive$|^(min|max)$/, 'number'],
];

/** A text that may have more characters than this has lines. */
const LONG_TEXT = 5_000;

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

const nameOf = (rule: Rule): string => rule.name ?? rule.type;
const rulesOf = (target: ClassOf<object>): Rule[] =>
  getMetadataStorage().getTargetValidationMetadatas(target, '', false, false);

/** Describes the labelled fields of a class, and of the classes nested in it, from their validation rules, so that no form repeats them. */
export function describeFields(target: ClassOf<object>): FieldDescription[] {
  const rules = rulesOf(target);
  return labelledFields(target).map(({ name, text }) => describeField(target, name, text, rules));
}

/** Parts of a field may go without labels: their names are then all there is to say. */
function describeParts(target: ClassOf<object>): FieldDescription[] {
  const labelled = describeFields(target);
  if (labelled.length > 0) return labelled;
  const rules = rulesOf(target);
  const names = [...new Set(rules.map(({ propertyName }) => propertyName))];
  return names.map((name) => describeField(target, name, wordsOf(name), rules));
}

/** `dateFormat` as people read it: `Date format`. */
const wordsOf = (name: string): string =>
  name.replace(/^./, (c) => c.toUpperCase()).replaceAll(/[A-Z]/g, (c, at: number) => (at ? ` ${c.toLowerCase()}` : c));

function describeField(target: ClassOf<object>, name: string, label: string, rules: Rule[]): FieldDescription {
  const own = rules.filter((rule) => rule.propertyName === name);
  const names = own.map(nameOf);
  const choices = own.find((rule) => rule.name === 'isIn')?.constraints?.[0] as unknown[] | undefined;
  const longest = Math.max(
    0,
    ...own.filter((rule) => rule.name === 'maxLength').map(({ constraints }) => constraints[0]),
  );
  const optional = own.some((rule) => rule.type === 'conditionalValidation');
  const hasDefault = (new target() as Record<string, unknown>)[name] !== undefined;
  const kind = KINDS.find(([pattern]) => names.some((n) => pattern.test(n)))?.[1] ?? 'text';
  const nested = names.some((n) => /nested/i.test(n)) ? nestedClass(target, name, kind === 'list') : undefined;
  return {
    name,
    label,
    secret: secretFields(target).includes(name),
    required: !optional && !hasDefault,
    kind: nested && kind === 'list' ? 'rows' : kind,
    ...(secretFields(target).length > 0 && isAddress(target, name) ? { address: true as const } : {}),
    ...(kind === 'text' && longest > LONG_TEXT ? { long: true as const } : {}),
    ...(choices ? { choices } : {}),
    ...(nested ? { fields: describeParts(nested) } : {}),
  };
}

/** The class that class-transformer makes of a field's object. */
function nestedClass(target: ClassOf<object>, name: string, isList: boolean): ClassOf<object> | undefined {
  const made = plainToInstance(target, { [name]: isList ? [{}] : {} }) as Record<string, unknown>;
  const part = isList ? (made[name] as unknown[])[0] : made[name];
  const { constructor: itsClass } = Object(part) as { constructor: ClassOf<object> };
  return itsClass === (Object as unknown) ? undefined : itsClass;
}

/** A destination as `GET /v1/destinations` shows it. */
export function describeDestination({ type, title, summary, capabilities, ...definition }: DestinationDefinition) {
  const [settings, options] = [describeFields(definition.settings), describeFields(definition.options)];
  const pair = definition.keyPair && { kinds: definition.keyPair.kinds };
  return { type, title, summary, capabilities, settings, options, ...(pair ? { keyPair: pair } : {}) };
}
