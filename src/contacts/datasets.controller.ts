import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Account, type AccountId, type Caller, CurrentCaller } from '../accounts/auth.ts';
import { ChangesNothing } from '../accounts/idempotency.ts';
import { BodyLimits, MAPPING_LIMITS } from '../http/body/body-limits.ts';
import { closedSignal } from '../http/closed.ts';
import { PageQuery } from '../http/page.ts';
import { DatasetView } from './dataset.view.ts';
import { DatasetLifecycleService } from './dataset-lifecycle.service.ts';
import { FormatOptionsDto, SendFileQuery, StartImportDto, UpdateDatasetDto, UploadDto } from './datasets.dto.ts';
import { DatasetsService } from './datasets.service.ts';
import { DatasetDeletionView, DeletionQuery } from './deletion/deletion.dto.ts';
import { DatasetDeletionService } from './deletion/deletion.service.ts';
import { ImportPreviewDto } from './import/preview.dto.ts';
import { PreviewsService } from './import/previews.service.ts';
import { sendRejects } from './rejects.csv.ts';

@ApiTags('datasets')
@ApiBearerAuth()
@Controller('v1/datasets')
export class DatasetsController {
  constructor(
    private readonly service: DatasetsService,
    private readonly lifecycle: DatasetLifecycleService,
    private readonly previews: PreviewsService,
    private readonly deletion: DatasetDeletionService,
  ) {}

  /**
   * Uploads a file. With `mapping` its import starts (status `starting`); without one the dataset stays `new` and shows
   * what was detected and a suggested mapping for POST …/import.
   */
  @Post()
  @HttpCode(202)
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: UploadDto })
  create(@CurrentCaller() caller: Caller, @Req() request: Request) {
    return this.service.create(caller, request);
  }

  /** Detects the format, columns and suggested mapping of a file without storing it. */
  @Post('detect')
  @HttpCode(200)
  @ChangesNothing()
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: UploadDto })
  detect(@Account() account: AccountId, @Req() request: Request) {
    return this.service.detect(account, request);
  }

  @Get()
  list(@Account() account: AccountId, @Query() page: PageQuery) {
    return this.service.list(account, page);
  }

  @Get(':id')
  @ApiOkResponse({ type: DatasetView })
  get(@Account() account: AccountId, @Param('id') id: string) {
    return this.service.get(account, id);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Renames a dataset, or sets when its next file is expected.' })
  @ApiOkResponse({ type: DatasetView })
  update(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: UpdateDatasetDto) {
    return this.lifecycle.update(caller, id, dto);
  }

  /** Reads a stored file again with another encoding, delimiter, header line or sheet; what is absent is detected. */
  @Put(':id/format')
  changeFormat(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: FormatOptionsDto) {
    return this.service.changeFormat(caller, id, dto);
  }

  /**
   * Sends the file of a dataset again after it was deleted, so that it can be imported again. Form fields as for POST
   * /v1/datasets. Another file than before is refused (409 `file_differs`) unless `replace=true`.
   */
  @Post(':id/file')
  @HttpCode(202)
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: UploadDto })
  sendFile(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query() { replace }: SendFileQuery,
    @Req() request: Request,
  ) {
    return this.service.sendFile(caller, id, request, replace);
  }

  /**
   * Reads the whole stored file as an import with this mapping would, and stores nothing: contacts that it grants and
   * denies consent, unknown words, rejects. Consent need not be confirmed. Closing the request ends the reading.
   */
  @Post(':id/preview')
  @BodyLimits(MAPPING_LIMITS)
  @HttpCode(200)
  @ChangesNothing()
  @ApiOperation({ summary: 'Counts what an import of the whole stored file would do.' })
  @ApiOkResponse({ type: ImportPreviewDto })
  preview(
    @Account() account: AccountId,
    @Param('id') id: string,
    @Body() dto: StartImportDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ImportPreviewDto> {
    return this.previews.preview(account, id, dto.mapping, closedSignal(response));
  }

  /** Starts the import of a stored file, or imports it again with another mapping. */
  @Post(':id/import')
  @BodyLimits(MAPPING_LIMITS)
  @HttpCode(202)
  start(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: StartImportDto) {
    return this.service.startImport(caller, id, dto.mapping);
  }

  /**
   * Cancels an import that waits or runs: within seconds it ends in `error` with the code `cancelled`, and nothing of it is
   * stored. Once it has begun to store contacts it is not cancelled any more (409 `import_merging`).
   */
  @Post(':id/cancel')
  @HttpCode(202)
  cancel(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.lifecycle.cancel(caller, id);
  }

  @Get(':id/deletion')
  @ApiOperation({ summary: 'Shows what deleting the dataset would delete. Changes nothing.' })
  @ApiOkResponse({ type: DatasetDeletionView })
  previewDeletion(@Account() account: AccountId, @Param('id') id: string, @Query() { contacts }: DeletionQuery) {
    return this.deletion.preview(account, id, contacts);
  }

  @Delete(':id')
  @ApiOperation({
    summary: 'Deletes a dataset, and optionally the contacts, traits and events that only it added.',
    description: 'Traits in use stay; the answer names them. 409 `import_under_way` while a file is being imported.',
  })
  @ApiOkResponse({ type: DatasetDeletionView, description: 'What was deleted.' })
  remove(@CurrentCaller() caller: Caller, @Param('id') id: string, @Query() { contacts }: DeletionQuery) {
    return this.deletion.delete(caller, id, contacts);
  }

  /** The rejects of the last import: line, column, code, text, and the masked value. */
  @Get(':id/rejects.csv')
  async rejects(@Account() account: AccountId, @Param('id') id: string, @Res() response: Response) {
    await sendRejects(response, id, await this.service.rejects(account, id));
  }
}
