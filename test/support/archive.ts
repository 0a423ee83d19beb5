import { crc32, deflateRawSync } from 'node:zlib';

interface ZipOptions {
  /** Says that the members have a password. */
  encrypted?: boolean;
  /** The size that the list of members claims. */
  claimedBytes?: number;
}

/** A ZIP archive of some texts by name. */
export function zipOf(members: Record<string, string | Buffer>, { encrypted, claimedBytes }: ZipOptions = {}): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(members)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(20, 0);
    fixed.writeUInt16LE(encrypted ? 1 : 0, 2);
    fixed.writeUInt16LE(8, 4);
    fixed.writeUInt32LE(crc32(data), 10);
    fixed.writeUInt32LE(packed.length, 14);
    fixed.writeUInt32LE(claimedBytes ?? data.length, 18);
    fixed.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), fixed, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    list.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), fixed, rest, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(list);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(list.length, 4);
  end.writeUInt16LE(list.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, Buffer.from('504b0506', 'hex'), end]);
}

/** The XML of a sheet's rows, and the texts that they share. */
export interface TestSheet {
  name: string;
  rows: string;
  hidden?: boolean;
}

/** A workbook as Excel packs it; its styles are: plain, date, date with time, time, five digits. */
export function workbookOf(sheets: TestSheet[], strings: string[] = []): Buffer {
  const xml = '<?xml version="1.0" encoding="UTF-8"?>';
  const list = sheets.map(
    ({ name, hidden }, i) =>
      `<sheet name="${name}" sheetId="${i + 1}" ${hidden ? 'state="hidden" ' : ''}r:id="r${i}"/>`,
  );
  const targets = sheets.map((_, i) => `<Relationship Id="r${i}" Target="worksheets/sheet${i}.xml"/>`);
  const formats = [0, 14, 22, 21, 164].map((id) => `<xf numFmtId="${id}"/>`).join('');
  return zipOf({
    '[Content_Types].xml': `${xml}<Types/>`,
    'xl/workbook.xml': `${xml}<workbook><sheets>${list.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${xml}<Relationships>${targets.join('')}</Relationships>`,
    'xl/styles.xml': `${xml}<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${formats}</cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${xml}<sst>${strings.map((text) => `<si>${text}</si>`).join('')}</sst>`,
    ...Object.fromEntries(
      sheets.map(({ rows }, i) => [
        `xl/worksheets/sheet${i}.xml`,
        `${xml}<worksheet><sheetData>${rows}</sheetData></worksheet>`,
      ]),
    ),
  });
}
