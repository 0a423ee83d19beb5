import { readFileSync, statSync } from 'node:fs';
import type { MappingView } from './views.ts';

/** What the person gave to the command cannot be used: the message is the whole answer. */
export class InputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InputError';
  }
}

/** The size of a file to upload. @throws InputError when there is no such file, or it is a folder */
export function sizeOf(file: string): number {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) throw new InputError(`There is no file ${file}.`);
  if (!stats.isFile()) throw new InputError(`${file} is not a file.`);
  return stats.size;
}

/** The mapping in a JSON file. @throws InputError */
export function readMapping(file: string): MappingView {
  sizeOf(file);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as MappingView;
  } catch (error) {
    throw new InputError(`${file} is not valid JSON: ${(error as Error).message}.`);
  }
}
