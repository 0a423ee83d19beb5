import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { Request } from 'express';
import { AccountsService } from '../accounts/accounts.service.ts';
import { AccountId, type Caller } from '../accounts/auth.ts';
import { IdempotencyKeys } from '../accounts/idempotency.ts';
import { Clock } from '../engines/clock.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { MAPPING_LIMITS, parseWithin } from '../http/body/body-limits.ts';
import { newId } from '../http/ids.ts';
import type { Page, PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { fieldProblems, refuseUnstorable } from '../http/validation.ts';
import type { DatasetRow } from './contacts.tables.ts';
import { type DatasetView, type FileView, fileViewOf, viewOf } from './dataset.view.ts';
import { fileDeleted, fileDiffers, importUnderWay } from './dataset-problems.ts';
import { FormatOptionsDto, UploadOptionsDto } from './datasets.dto.ts';
import { DatasetsRepository, type StoredFile } from './datasets.repository.ts';
import { FileFault } from './files/csv.ts';
import type { FormatOptions } from './files/format.ts';
import { importIdOf } from './import/import.service.ts';
import { type Reject, StagingRepository } from './import/staging.repository.ts';
import type { DetectedFile } from './inspection.ts';
import { Inspector } from './inspector.ts';
import { importJob } from './jobs.ts';
import { assertConsentConfirmed, unconfirmed } from './mapping/confirmation.ts';
import { MappingDto } from './mapping/mapping.dto.ts';
import type { Mapping } from './mapping/mapping.ts';
import { MappingChecker } from './mapping-checker.ts';
import { TraitsRepository } from './traits.repository.ts';
import { type Upload, UploadStore } from './upload.store.ts';

/** Takes files in, says what is in them, and starts their import. */
@Injectable()
export class DatasetsService {
  constructor(
    private readonly datasets: DatasetsRepository,
    private readonly uploads: UploadStore,
    private readonly inspector: Inspector,
    private readonly traits: TraitsRepository,
    private readonly mappings: MappingChecker,
    private readonly staging: StagingRepository,
    private readonly accounts: AccountsService,
    private readonly idempotency: IdempotencyKeys,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** Looks at a file and keeps nothing. */
  async detect(account: AccountId, request: Request): Promise<FileView> {
    const upload = await this.uploads.receive(request);
    try {
      return fileViewOf(await this.inspect(account, upload, readOptions(upload)));
    } finally {
      await this.uploads.discard(upload.path);
    }
  }

  /** Stores a file; with a mapping its import starts, without one the answer suggests a mapping. */
  create(caller: Caller, request: Request): Promise<DatasetView> {
    return this.receiveOnce(caller, request, (upload) => this.store(caller, upload));
  }

  /**
   * Stores the file of a dataset again, so that it can be imported again; with a mapping its import starts.
   * @param replace whether it may be another file than before
   * @throws Problem 409 `file_differs` when it is another file, `import_under_way` while it is being imported
   */
  async sendFile(caller: Caller, id: string, request: Request, replace: boolean): Promise<DatasetView> {
    await this.datasets.mustFind(caller.accountId, id);
    return this.receiveOnce(caller, request, (upload) => this.storeAgain(caller, id, upload, replace));
  }

  /** @throws Problem 409 `file_deleted` when the stored file is gone, `import_under_way` while it is being imported */
  async startImport(caller: Caller, id: string, mapping: Mapping): Promise<DatasetView> {
    const dataset = await this.datasets.mustFind(caller.accountId, id);
    if (dataset.fileDeletedAt) throw fileDeleted(dataset);
    await this.assertImportable(caller.accountId, mapping, dataset);
    return this.start(caller, dataset, mapping);
  }

  /**
   * Reads a stored file again in the form that a person chose; what is absent is detected.
   * @throws Problem 409 `import_under_way` while it is being imported, `file_deleted` when it is gone; 422 when it cannot
   * be read like this
   */
  async changeFormat(caller: Caller, id: string, options: FormatOptionsDto): Promise<DatasetView> {
    const dataset = await this.datasets.mustFind(caller.accountId, id);
    if (dataset.fileDeletedAt) throw fileDeleted(dataset);
    const found = await this.inspect(caller.accountId, { ...dataset, path: this.uploads.path(id) }, options);
    const row = await this.datasets.setFormat(caller.accountId, id, found, this.clock.now());
    if (!row) throw await this.busyOrDeleted(caller.accountId, id);
    await this.accounts.audit(caller, 'dataset.format', id, { ...options });
    return viewOf(row);
  }

  async get(account: AccountId, id: string): Promise<DatasetView> {
    return viewOf(await this.datasets.mustFind(account, id));
  }

  async list(account: AccountId, page: PageQuery): Promise<Page<DatasetView>> {
    const { items, nextCursor } = await this.datasets.page(account, page);
    return { items: items.map(viewOf), nextCursor };
  }

  /** What the last import refused, in the order of the file. */
  async rejects(account: AccountId, id: string): Promise<AsyncGenerator<Reject[]>> {
    const dataset = await this.datasets.mustFind(account, id);
    return this.staging.rejects(account, importIdOf(dataset.id, dataset.attempt));
  }

  private async receiveOnce(
    caller: Caller,
    request: Request,
    store: (upload: Upload) => Promise<DatasetView>,
  ): Promise<DatasetView> {
    const upload = await this.uploads.receive(request);
    const { sha256, fileName, fields } = upload;
    try {
      return await this.idempotency.once(caller.accountId, request, { sha256, fileName, fields }, () => store(upload));
    } finally {
      await this.uploads.discard(upload.path);
    }
  }

  private async store(caller: Caller, upload: Upload): Promise<DatasetView> {
    const options = readOptions(upload);
    const mapping = readMapping(upload.fields.mapping);
    const found = await this.inspect(caller.accountId, upload, options);
    if (mapping) await this.assertImportable(caller.accountId, mapping, found);
    const id = newId('dts');
    const now = this.clock.now();
    const known = await this.datasets.bytesFirstStoredAt(caller.accountId, upload.sha256);
    await this.uploads.keep(upload, id);
    const row = await this.datasets.insert({
      id,
      accountId: caller.accountId,
      status: 'new',
      ...storedFile(upload, found, { name: options.name ?? upload.fileName, now, known }),
      createdAt: now,
      lastUpdatedConfigAt: now,
    });
    await this.accounts.audit(caller, 'dataset.create', id, { name: row.name, bytes: row.bytes, sha256: row.sha256 });
    return mapping ? this.start(caller, row, mapping) : viewOf(row);
  }

  /** @throws Problem 422 on `file` when the file cannot be used at all */
  private async inspect(
    account: AccountId,
    { path, fileName, bytes }: Pick<Upload, 'path' | 'fileName' | 'bytes'>,
    options: FormatOptions,
  ): Promise<DetectedFile> {
    const catalogue = await this.traits.types(account);
    try {
      return await this.inspector.inspect({ path, fileName, bytes, options: formatOf(options), catalogue });
    } catch (error) {
      if (error instanceof FileFault) throw Problem.invalid('file', error.code, error.message);
      throw error;
    }
  }

  private async storeAgain(caller: Caller, id: string, upload: Upload, replace: boolean): Promise<DatasetView> {
    const account = caller.accountId;
    const dataset = await this.datasets.mustFind(account, id);
    const isSame = dataset.sha256 === upload.sha256;
    if (!isSame && !replace) throw fileDiffers();
    const options = readOptions(upload);
    const mapping = readMapping(upload.fields.mapping);
    const isKnown = isSame && Object.values(options).every((option) => option === undefined);
    const found = isKnown ? dataset : await this.inspect(account, upload, options);
    if (mapping) await this.assertImportable(account, mapping, found);
    const now = this.clock.now();
    // no import starts meanwhile, and none ever reads a file with the format of another
    if (!(await this.datasets.makeRoomForFile(account, id, now))) throw importUnderWay();
    const known = await this.datasets.bytesFirstStoredAt(account, upload.sha256);
    await this.uploads.keep(upload, id);
    // the same bytes say nothing new, so their statements keep the time of the first upload
    const firstStoredAt = isSame ? dataset.fileFirstStoredAt : now;
    const file = storedFile(upload, found, { name: options.name ?? dataset.name, now, firstStoredAt, known });
    const lastMapping = isSame || !dataset.mapping ? dataset.mapping : unconfirmed(dataset.mapping);
    const row = await this.datasets.fileStored(account, id, { ...file, mapping: lastMapping });
    const { bytes, sha256 } = row;
    await this.accounts.audit(caller, 'dataset.file', id, { bytes, sha256, replaced: !isSame });
    return mapping ? this.start(caller, row, mapping) : viewOf(row);
  }

  private async start(caller: Caller, dataset: DatasetRow, mapping: Mapping): Promise<DatasetView> {
    const started = await this.datasets.start(caller.accountId, dataset.id, mapping, this.clock.now());
    if (!started) throw await this.busyOrDeleted(caller.accountId, dataset.id);
    await this.accounts.audit(caller, 'dataset.import', dataset.id);
    await this.jobs.enqueue(importJob(dataset), { datasetId: dataset.id });
    return viewOf(started);
  }

  /** Why a stored file cannot be used right now. */
  private async busyOrDeleted(account: AccountId, id: string): Promise<Problem> {
    const dataset = await this.datasets.mustFind(account, id);
    return dataset.fileDeletedAt ? fileDeleted(dataset) : importUnderWay();
  }

  private async assertImportable(
    account: AccountId,
    mapping: Mapping,
    file: Pick<DatasetRow, 'format'>,
  ): Promise<void> {
    await this.mappings.assertUsable(account, mapping, file);
    assertConsentConfirmed(mapping);
  }
}

/** The part of an upload's options that says how the file is written, as plain data. */
const formatOf = ({ name: _name, member: _member, ...options }: UploadOptionsDto): FormatOptions => options;

function storedFile(
  { fileName, bytes, sha256 }: Upload,
  { format, columns, suggestedMapping }: DetectedFile,
  { name, now, firstStoredAt = now, known = now }: { name: string; now: Date; firstStoredAt?: Date; known?: Date },
): StoredFile {
  const times = { fileStoredAt: now, fileFirstStoredAt: firstStoredAt, bytesFirstStoredAt: known };
  return { name, fileName, bytes, sha256, format, columns, suggestedMapping, ...times };
}

function readOptions({ fileName, fields: { mapping: _, ...fields } }: Upload): UploadOptionsDto {
  refuseUnstorable(fileName, 'file');
  refuseUnstorable(fields);
  const options = plainToInstance(UploadOptionsDto, fields);
  assertValid(options, '');
  return options;
}

function readMapping(text: string | undefined): MappingDto | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  let plain: unknown;
  try {
    plain = parseWithin(text, MAPPING_LIMITS);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, 'validation', 'The field "mapping" is not valid JSON.', [
      { path: 'mapping', code: 'json', message: 'must be valid JSON' },
    ]);
  }
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    throw new Problem(400, 'validation', 'The field "mapping" is not a JSON object.', [
      { path: 'mapping', code: 'object', message: 'must be a JSON object' },
    ]);
  }
  refuseUnstorable(plain, 'mapping');
  const mapping = plainToInstance(MappingDto, plain);
  assertValid(mapping, 'mapping');
  return mapping;
}

function assertValid(dto: object, path: string): void {
  const errors = validateSync(dto, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0)
    throw new Problem(400, 'validation', 'The request does not have the expected shape.', fieldProblems(errors, path));
}
