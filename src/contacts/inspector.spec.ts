import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Inspector } from './inspector.ts';

describe('the inspector of files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reach-inspector-'));
  const inspector = new Inspector();
  afterAll(async () => {
    await inspector.onModuleDestroy();
    rmSync(folder, { recursive: true });
  });

  /** The columns of a file, or the code of its refusal. @param bytes a number that decides how long it may take */
  const inspect = (name: string, content?: string, bytes = 100) => {
    const path = join(folder, name);
    if (content !== undefined) writeFileSync(path, content);
    return inspector.inspect({ path, fileName: name, bytes, options: {}, catalogue: new Map() }).then(
      ({ format }) => format.columns,
      ({ code }) => code,
    );
  };
  /** A size at which the time for an inspection is up at once. */
  const NO_TIME = -600_000_000;

  it('inspects more files at once than it has threads', async () => {
    const names = Array.from({ length: 7 }, (_, i) => `name ${i}`);
    expect(await Promise.all(names.map((name, i) => inspect(`${i}.csv`, `${name},email\nx,a@x.example\n`)))).toEqual(
      names.map((name) => [name, 'email']),
    );
  });

  it('refuses a file that takes too long or is gone, and no file beside it', async () => {
    const content = 'id,email\n1,a@x.example\n';
    const found = [inspect('a.csv', content), inspect('b.csv', content, NO_TIME), inspect('gone.csv')];
    expect(await Promise.all([...found, inspect('d.csv', content)])).toEqual([
      ['id', 'email'],
      'inspection_too_long',
      'file_deleted',
      ['id', 'email'],
    ]);
    expect(await inspect('e.csv', content)).toEqual(['id', 'email']);
  });
});
