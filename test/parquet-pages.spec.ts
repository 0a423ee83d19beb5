import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';
import { type Dataset, datasetForm } from './support/datasets.ts';
import { type Reach, startReach } from './support/service.ts';

describe('a Parquet file of a few kilobytes', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  /** One ordinary row, and one whose cell has so many millions of characters. */
  async function upload(millions: number) {
    const path = join(reach.dataDir, `${millions}.parquet`);
    await reach.app.get(Warehouse).command(
      `INSERT INTO FUNCTION file({path:String}, 'Parquet')
       SELECT if(number = 0, 'ana@example.com', repeat(repeat('x', 1000000), {millions:UInt32})) AS email FROM numbers(2)
       SETTINGS output_format_parquet_compression_method = 'gzip', engine_file_truncate_on_insert = 1`,
      { path, millions },
    );
    const file = readFileSync(path);
    const form = datasetForm(new Uint8Array(file), {}, 'people.parquet');
    return reach.api<Dataset & { code: string }>('POST', '/v1/datasets', form);
  }

  it('whose page unpacks to 400 MB is refused', async () => {
    expect(await upload(400)).toMatchObject({ status: 422, body: { errors: [{ code: 'parquet_broken' }] } });
  });

  it('with a cell of 50 MB is read without that row', async () => {
    const { status, body } = await upload(50);
    expect(status).toBe(202);
    expect(JSON.stringify(body).length).toBeLessThan(20_000);
  });
});
