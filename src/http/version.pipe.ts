import { Injectable, type PipeTransform } from '@nestjs/common';
import { Problem } from './problem.ts';

/** The largest number that a version can have in the database. */
const MAX_VERSION = 2 ** 31 - 1;

/** Number of a version in a path. A number that no version can have is not found, as one that none has. */
@Injectable()
export class VersionPipe implements PipeTransform<unknown, number> {
  transform(value: unknown): number {
    const text = String(value);
    if (!/^\d+$/.test(text))
      throw new Problem(400, 'validation', 'The version must be a whole number.', [
        { path: 'version', code: 'version', message: 'must be a whole number' },
      ]);
    if (Number(text) > MAX_VERSION) throw Problem.notFound('version', text);
    return Number(text);
  }
}
