import Mustache from 'mustache';
import type { Json } from '../destination.ts';

/** What a variable stands for; undefined: nothing, and what consists of it alone is left out. */
export type Lookup = (name: string) => Json | undefined;
/** Judges the name of a variable: undefined when it may be used here, else why not. */
export type NameJudge = (name: string, inLoop: boolean) => string | undefined;

type Part = { text: string } | { name: string };

/** Repeats `item` for each member of the request. */
interface Loop {
  $each: 'members';
  item: Json;
}

/** The pieces of a text with `{{variables}}`. @throws Error in plain words for anything else that Mustache knows */
export function partsOf(text: string): Part[] {
  return Mustache.parse(text).map(([kind, value]) => {
    if (kind === 'text') return { text: String(value) };
    if (kind === 'name' || kind === '&') return { name: String(value) };
    throw new Error(`only {{variables}} can be used, not {{${kind}${String(value)}}}`);
  });
}

/** A text with its variables filled in. */
export function renderText(text: string, lookup: Lookup, written: (value: string) => string): string {
  return partsOf(text)
    .map((part) => ('text' in part ? part.text : written(textOf(lookup(part.name)))))
    .join('');
}

const textOf = (value: Json | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/**
 * A JSON template with its variables filled in. A text that is one variable takes the variable's own type, and is left
 * out together with its property where the variable stands for nothing.
 */
export function renderJson(template: Json, lookup: Lookup, members: Lookup[]): Json | undefined {
  if (typeof template === 'string') return renderString(template, lookup);
  if (template === null || typeof template !== 'object') return template;
  if (Array.isArray(template)) return present(template.map((item) => renderJson(item, lookup, members)));
  if (isLoop(template)) return present(members.map((member) => renderJson(template.item, over(member, lookup), [])));
  const entries = Object.entries(template).map(([name, value]) => [name, renderJson(value, lookup, members)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

function renderString(text: string, lookup: Lookup): Json | undefined {
  const parts = partsOf(text);
  const [only] = parts;
  if (parts.length === 1 && only && 'name' in only) return lookup(only.name);
  return renderText(text, lookup, (value) => value);
}

const present = (items: (Json | undefined)[]): Json[] => items.filter((item) => item !== undefined);

const over =
  (inner: Lookup, outer: Lookup): Lookup =>
  (name) =>
    inner(name) ?? outer(name);

function isLoop(template: object): template is Loop {
  return '$each' in template;
}

/** What is wrong with a template, in words that name the place. */
export function faultsOf(template: unknown, judge: NameJudge, path: string, inLoop = false): string[] {
  if (typeof template === 'string') return textFaults(template, judge, path, inLoop);
  if (template === null || typeof template !== 'object') return [];
  if (Array.isArray(template)) return template.flatMap((item, n) => faultsOf(item, judge, `${path}[${n}]`, inLoop));
  if (!isLoop(template))
    return Object.entries(template).flatMap(([name, value]) => faultsOf(value, judge, `${path}.${name}`, inLoop));
  if (inLoop) return [`${path}: a loop cannot hold another`];
  if (template.$each !== 'members' || !('item' in template) || Object.keys(template).length !== 2)
    return [`${path}: a loop is {"$each": "members", "item": …}`];
  return faultsOf(template.item, judge, `${path}.item`, true);
}

function textFaults(text: string, judge: NameJudge, path: string, inLoop: boolean): string[] {
  try {
    const names = partsOf(text).flatMap((part) => ('name' in part ? [part.name] : []));
    return names.flatMap((name) => {
      const fault = judge(name, inLoop);
      return fault ? [`${path}: {{${name}}} ${fault}`] : [];
    });
  } catch (error) {
    return [`${path}: ${(error as Error).message}`];
  }
}

/** The value at a JSON pointer (RFC 6901); undefined where there is none. */
export function at(document: unknown, pointer: string): unknown {
  let found = document;
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}
