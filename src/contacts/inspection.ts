import { detectFormat } from './files/detect.ts';
import type { FileFormat, FormatOptions } from './files/format.ts';
import { isWholeFile, readSample } from './files/sample.ts';
import type { Mapping } from './mapping/mapping.ts';
import { type DetectedColumn, suggestMapping } from './mapping/suggest.ts';
import type { TraitType } from './values/infer.ts';

/** What a file looks like. */
export interface DetectedFile {
  format: FileFormat;
  columns: DetectedColumn[];
  /** Null when no column can be the key. */
  suggestedMapping: Mapping | null;
}

/** A stored file, and what a person declared about it. Plain data: it travels to a thread. */
export interface InspectionWork {
  path: string;
  fileName: string;
  bytes: number;
  options: FormatOptions;
  /** Types of the traits that exist. */
  catalogue: ReadonlyMap<string, TraitType>;
}

/** Form, columns and a suggested mapping of a file. @throws FileFault when the file cannot be used at all. */
export async function inspectFile(work: InspectionWork): Promise<DetectedFile> {
  const { path, fileName, bytes, options, catalogue } = work;
  const format = await detectFormat(path, options);
  const sample = await readSample(path, format);
  const isWhole = isWholeFile(sample, bytes);
  const { columns, mapping } = suggestMapping({ format, sample, fileName, isWhole, catalogue });
  return { format, columns, suggestedMapping: mapping ?? null };
}
