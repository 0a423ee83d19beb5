import type { ConnectorEnvironment, Prerequisite, Segment, Upload } from '../destination.ts';
import type { Layout } from '../files/columns.ts';
import { FilesDestination } from '../files/destination.ts';
import type { FileOptions } from '../files/options.ts';
import { checkConnection } from './check.ts';
import { Client, joinPath } from './client.ts';
import { failure } from './errors.ts';
import type { SftpSettings } from './settings.ts';
import { SftpUpload } from './upload.ts';

/** A folder on an SFTP server. */
export class SftpDestination extends FilesDestination<SftpUpload> {
  private readonly client: Client;
  private readonly onAbort = () => void this.close();

  constructor(
    private readonly settings: SftpSettings,
    private readonly environment: ConnectorEnvironment,
  ) {
    super();
    this.client = new Client(settings, environment);
    environment.signal.addEventListener('abort', this.onAbort, { once: true });
  }

  check(): Promise<Prerequisite[]> {
    return checkConnection(this.client, this.settings);
  }

  protected async placeOf(segment: Segment): Promise<string> {
    const { directory } = this.settings;
    if (!(await this.client.stat(directory))?.isDirectory) throw failure('2', `The folder is ${directory}.`);
    return joinPath(directory, segment.key);
  }

  protected filesFor(layout: Layout, upload: Upload<FileOptions>): SftpUpload {
    return new SftpUpload(this.client, this.settings, layout, upload);
  }

  protected async sizeOf(folder: string, name: string): Promise<number | undefined | 'unknown'> {
    if (this.settings.verify === 'none') return 'unknown';
    return (await this.client.stat(joinPath(folder, name)))?.size;
  }

  protected async end(uploads: SftpUpload[]): Promise<void> {
    this.environment.signal.removeEventListener('abort', this.onAbort);
    await this.client.close(uploads.flatMap((files) => files.leftovers()));
  }
}
