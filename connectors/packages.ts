import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DestinationDefinition } from './destination.ts';
import { type ConnectorFactory, kit } from './kit.ts';
import { faultsOf } from './registry.ts';

/** Thrown at boot; names every package that cannot be used, and why. */
export class ConnectorPackagesError extends Error {
  constructor(readonly faults: string[]) {
    super(`REACH_CONNECTORS names packages that cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConnectorPackagesError';
  }
}

/**
 * Loads the connectors of other people's packages.
 * @param names npm packages, or paths that start with `.` or `/`
 * @param folders where packages are looked for, with the folders above each
 * @throws ConnectorPackagesError naming every package that is missing or faulty
 */
export async function loadPackages(names: string[], folders: string[]): Promise<DestinationDefinition[]> {
  const loaded = await Promise.all(names.map((name) => load(name, folders)));
  const faults = loaded.flatMap((result, n) =>
    'faults' in result ? result.faults.map((f) => `${names[n]}: ${f}`) : [],
  );
  if (faults.length > 0) throw new ConnectorPackagesError(faults);
  return loaded.flatMap((result) => ('definitions' in result ? result.definitions : []));
}

type Loaded = { definitions: DestinationDefinition[] } | { faults: string[] };

async function load(name: string, folders: string[]): Promise<Loaded> {
  try {
    const path = locate(name, folders);
    if (!path) return { faults: [`is not installed; looked from ${folders.join(' and ')}`] };
    const { default: make } = (await import(pathToFileURL(path).href)) as { default?: unknown };
    if (typeof make !== 'function') return { faults: ['must export by default a function that takes the kit'] };
    const made = [(await (make as ConnectorFactory)(kit)) as unknown].flat();
    const faults = made.flatMap((each) => shapeFaults(each));
    if (made.length === 0) faults.push('makes no destination');
    if (faults.length > 0) return { faults };
    const definitions = made as DestinationDefinition[];
    const deeper = definitions.flatMap(faultsOf);
    return deeper.length > 0 ? { faults: deeper } : { definitions };
  } catch (error) {
    return { faults: [`fails while loading: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

/** The package's entry file. @throws when the package is there but has no entry that can be required */
function locate(name: string, folders: string[]): string | undefined {
  for (const folder of folders) {
    try {
      return createRequire(join(folder, 'package.json')).resolve(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}

const SHAPE = {
  type: 'a string',
  title: 'a string',
  summary: 'a string',
  settings: 'a class',
  options: 'a class',
  capabilities: 'an object',
  errors: 'a list',
  encoder: 'a function',
  open: 'a function',
} as const;
type Kind = (typeof SHAPE)[keyof typeof SHAPE];

const IS: Record<Kind, (value: unknown) => boolean> = {
  'a string': (value) => typeof value === 'string',
  'a class': (value) => typeof value === 'function',
  'a function': (value) => typeof value === 'function',
  'an object': (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'a list': (value) => Array.isArray(value),
};

/** What a definition lacks at all; packages are not held to types. */
function shapeFaults(made: unknown): string[] {
  const given = Object(made) as Record<string, unknown>;
  return Object.entries(SHAPE)
    .filter(([name, kind]) => !IS[kind](given[name]))
    .map(([name, kind]) => `${name} must be ${kind}`);
}
