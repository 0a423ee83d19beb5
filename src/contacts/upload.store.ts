import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import busboy from 'busboy';
import type { Request } from 'express';
import { Settings } from '../../config/settings.ts';
import { newId } from '../http/ids.ts';
import { Problem } from '../http/problem.ts';
import { FileFault } from './files/csv.ts';
import { TooLarge, unpackFile } from './files/unpack.ts';

/**
 * A file that was received, and the form fields that came with it. A packed file is kept unpacked: `bytes` counts what is
 * kept, `sha256` is the digest of what was sent.
 */
export interface Upload {
  path: string;
  fileName: string;
  bytes: number;
  sha256: string;
  fields: Record<string, string>;
}

const FIELD_BYTES = 1_000_000;
const FIELDS = 20;

/** Only the service's own user reads what people uploaded. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** A file that no process has written to for this long was left by one that died. */
const LEFT_BEHIND_MS = 10 * 60_000;

/** Uploaded files on disk. They pass through in pieces and are never in memory as a whole. */
@Injectable()
export class UploadStore {
  private readonly folder: string;
  /** Files that this process receives. */
  private readonly receiving = new Set<string>();

  constructor(private readonly settings: Settings) {
    this.folder = join(settings.REACH_DATA_DIR, 'uploads');
  }

  /** Where the file of a dataset is kept. */
  path(datasetId: string): string {
    return join(this.folder, datasetId);
  }

  /** Receives a multipart request with one part `file`. @throws Problem for anything else, with nothing kept. */
  async receive(request: Request): Promise<Upload> {
    if (!request.is('multipart/form-data'))
      throw new Problem(415, 'not_multipart', 'Send multipart/form-data with a part named "file".');
    const path = join(this.folder, `${newId('upl')}.part`);
    this.receiving.add(path);
    try {
      await this.prepare();
      const upload = await this.parse(request, path);
      return { ...upload, bytes: await this.unpack(path, upload.fields.member) };
    } catch (error) {
      await this.discard(path);
      if (error instanceof FileFault) throw Problem.invalid('file', error.code, error.message);
      if (error instanceof TooLarge) throw this.tooLarge('The file holds, once unpacked,');
      throw isFull(error) ? storageFull() : error;
    }
  }

  /** Unpacks a received .gz or .zip in place. @returns the bytes of the file that is kept */
  private async unpack(path: string, member: string | undefined): Promise<number> {
    const target = `${path}.unpacked`;
    this.receiving.add(target);
    try {
      const limit = this.settings.REACH_MAX_UPLOAD_BYTES;
      return await unpackFile(path, { member, limit, target, sink: (to) => this.sink(to) });
    } finally {
      await this.discard(target);
    }
  }

  private tooLarge(what: string): Problem {
    const most = this.settings.REACH_MAX_UPLOAD_BYTES;
    return new Problem(413, 'upload_too_large', `${what} more than ${most} bytes (REACH_MAX_UPLOAD_BYTES). Split it.`);
  }

  /** Makes the folder, readable for the service's own user only. */
  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: FOLDER_MODE });
    await chmod(this.folder, FOLDER_MODE);
  }

  /** Deletes the stored file of a dataset, if there is one. */
  async forget(datasetId: string): Promise<void> {
    await this.discard(this.path(datasetId));
  }

  /** Makes a received file the file of a dataset. */
  async keep(upload: Upload, datasetId: string): Promise<void> {
    await rename(upload.path, this.path(datasetId));
    this.receiving.delete(upload.path);
  }

  async discard(path: string): Promise<void> {
    await rm(path, { force: true });
    this.receiving.delete(path);
  }

  /**
   * Deletes files that belong to no dataset: parts of uploads, and whatever a process left that died.
   * @param stored ids of the datasets whose file is kept
   * @param alone whether no other process uses the folder; else a file has to lie untouched for ten minutes
   */
  async deleteStray(stored: ReadonlySet<string>, alone: boolean): Promise<void> {
    const youngest = alone ? Number.POSITIVE_INFINITY : Date.now() - LEFT_BEHIND_MS;
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      if (stored.has(name) || this.receiving.has(path)) continue;
      const found = await stat(path).catch(() => undefined);
      if (found && found.mtimeMs <= youngest) await this.discard(path);
    }
  }

  private async parse(request: Request, path: string): Promise<Upload> {
    const fields: Record<string, string> = {};
    const faults: Problem[] = [];
    let diskFault: Error | undefined;
    let received: Promise<Omit<Upload, 'fields'>> | undefined;
    const limits = { fileSize: this.settings.REACH_MAX_UPLOAD_BYTES, files: 1, fields: FIELDS, fieldSize: FIELD_BYTES };
    const parser = parserOf(request, limits);
    parser.on('field', (name, value, info) => {
      if (info.valueTruncated) faults.push(Problem.invalid(name, 'too_long', `longer than ${FIELD_BYTES} bytes`));
      fields[name] = value;
    });
    parser.on('file', (name, stream, info) => {
      if (name !== 'file') faults.push(Problem.invalid(name, 'unknown_file', 'the only file part is "file"'));
      received = this.write(stream, path, info.filename || 'file');
      received.catch((error: Error) => {
        diskFault = error;
        // a refusal may wait until all was received; a disk that takes no more may not
        if (!(error instanceof Problem)) parser.destroy(error);
      });
    });
    parser.on('filesLimit', () => faults.push(Problem.invalid('file', 'too_many', 'send one file')));
    parser.on('fieldsLimit', () => faults.push(Problem.invalid('', 'too_many', `more than ${FIELDS} fields`)));
    try {
      await pipeline(request, parser);
    } catch {
      if (diskFault) throw diskFault;
      throw new Problem(400, 'upload_broken', 'The upload ended before it was complete. Send it again.');
    }
    if (faults[0]) throw faults[0];
    if (!received) throw Problem.invalid('file', 'missing', 'send the file in a part named "file"');
    return { ...(await received), fields };
  }

  /** Where the bytes of a file go. */
  sink(path: string): Writable {
    return createWriteStream(path, { mode: FILE_MODE });
  }

  private async write(
    stream: Readable & { truncated?: boolean },
    path: string,
    fileName: string,
  ): Promise<Omit<Upload, 'fields'>> {
    const digest = createHash('sha256');
    let bytes = 0;
    const tap = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        digest.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(stream, tap, this.sink(path));
    if (stream.truncated) throw this.tooLarge('The file has');
    return { path, fileName, bytes, sha256: digest.digest('hex') };
  }
}

/** No space, or none that the quota leaves us. */
const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes(String((error as NodeJS.ErrnoException | undefined)?.code));

const storageFull = (): Problem =>
  new Problem(
    507,
    'storage_full',
    'The disk of Reach is full, so the file was not stored. Make room in REACH_DATA_DIR, then send it again.',
  );

function parserOf(request: Request, limits: busboy.Limits): busboy.Busboy {
  try {
    return busboy({ headers: request.headers, limits, defParamCharset: 'utf8' });
  } catch {
    throw new Problem(400, 'multipart_broken', 'The multipart body has no boundary.');
  }
}
