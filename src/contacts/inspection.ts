import { detectFormat } from './files/detect.ts';
import type { FileFormat, FormatOptions } from './files/format.ts';
import { readSample } from './files/sample.ts';
import type { Mapping } from './mapping/mapping.ts';
import { type DetectedColumn, detectColumns, suggestMapping } from './mapping/suggest.ts';

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
  options: FormatOptions;
}

/** Form, columns and a suggested mapping of a file. @throws FileFault when the file cannot be used at all. */
export async function inspectFile({ path, options }: InspectionWork): Promise<DetectedFile> {
  const format = await detectFormat(path, options);
  const sample = await readSample(path, format);
  const columns = detectColumns(format, sample);
  return { format, columns, suggestedMapping: suggestMapping(columns, sample.length) ?? null };
}
