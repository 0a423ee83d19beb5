import type { Upload } from '../destination.ts';
import type { Layout } from './columns.ts';
import type { FileOptions } from './options.ts';

/** A finished file, as the manifest and the receipt name it. */
export interface FileFacts {
  name: string;
  /** Data rows, without the header. */
  rows: number;
  bytes: number;
  /** Of the bytes on the server: after compression. */
  sha256: string;
}

/** Published as docs/manifest.schema.json. Field order is the order in the file; the same upload gives the same bytes. */
export function manifestOf(upload: Upload<FileOptions>, { profile, columns }: Layout, files: FileFacts[]) {
  const { segment, delivery } = upload;
  return {
    version: 1,
    createdAt: upload.startedAt.toISOString(),
    runId: upload.runId,
    uploadId: upload.id,
    delivery: { id: delivery.id, account: delivery.account, audience: delivery.audience, mode: delivery.mode },
    contents: delivery.mode === 'mirror' ? 'full' : 'delta',
    format: {
      delimiter: profile.format,
      quoting: profile.quoting,
      header: profile.header,
      lineEnd: profile.lineEnd,
      encoding: 'utf-8',
      compression: profile.compression,
      encryption: profile.encryptTo ? 'openpgp' : 'none',
      dates: profile.dateFormat,
      representation: profile.representation,
    },
    columns: columns.map((column) => ({
      header: column.header,
      kind: column.kind,
      ...(column.kind === 'identifier' && { key: column.key, hash: column.hash }),
      ...(column.kind === 'attribute' && { attribute: column.name }),
      ...('dateFormat' in column && column.dateFormat !== profile.dateFormat && { dates: column.dateFormat }),
    })),
    segment: {
      key: segment.key,
      name: segment.name,
      brief: segment.brief,
      ...(segment.creatives && { creatives: segment.creatives }),
      ...(segment.personas && {
        personas: segment.personas.map(({ brief, creatives }) => ({ brief, ...(creatives && { creatives }) })),
      }),
    },
    files,
    totals: {
      files: files.length,
      rows: files.reduce((sum, { rows }) => sum + rows, 0),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  };
}

export type Manifest = ReturnType<typeof manifestOf>;

export function manifestBytes(manifest: Manifest): Buffer {
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`, 'utf8');
}

/** Reads what `manifestBytes` wrote; anything else is nothing. */
export function parseManifest(bytes: Buffer | undefined): Manifest | undefined {
  try {
    const parsed = JSON.parse(bytes?.toString('utf8') ?? '') as Manifest;
    return parsed.version === 1 && Array.isArray(parsed.files) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
