import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { KeepsSecrets, Label, Secret } from '../../connectors/declared.ts';
import { httpAudience } from '../../connectors/http-audience/definition.ts';
import { sftp } from '../../connectors/sftp/definition.ts';
import { describeFields, type FieldDescription } from './destinations.ts';

class Part {
  @IsString()
  source!: string;

  @IsOptional()
  @IsInt()
  howMany?: number;
}

class Options {
  @Label('Parts in order')
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Part)
  parts?: Part[];

  @Label('One part')
  @IsObject()
  @ValidateNested()
  @Type(() => Part)
  part!: Part;

  @Label('Numbers')
  @IsOptional()
  @IsArray()
  @IsInt({ each: true })
  numbers?: number[];

  @Label('Anything')
  @IsOptional()
  @IsObject()
  anything?: object;

  @KeepsSecrets()
  @Label('Word')
  @IsIn(['a', 'b'])
  word: 'a' | 'b' = 'a';

  @Label('Key')
  @Secret()
  @IsString()
  key!: string;

  @IsString()
  unlabelled!: string;
}

const named = (fields: FieldDescription[] | undefined, name: string) => fields?.find((field) => field.name === name);

describe('fields of a destination', () => {
  it('describes nested objects and lists of them, names for what has no label, and what decides where credentials go', () => {
    const parts = [
      { name: 'source', label: 'Source', kind: 'text', required: true, secret: false },
      { name: 'howMany', label: 'How many', kind: 'number', required: false, secret: false },
    ];
    expect(describeFields(Options)).toEqual([
      {
        name: 'parts',
        label: 'Parts in order',
        kind: 'rows',
        required: false,
        secret: false,
        address: true,
        fields: parts,
      },
      { name: 'part', label: 'One part', kind: 'object', required: true, secret: false, address: true, fields: parts },
      { name: 'numbers', label: 'Numbers', kind: 'list', required: false, secret: false, address: true },
      { name: 'anything', label: 'Anything', kind: 'object', required: false, secret: false, address: true },
      { name: 'word', label: 'Word', kind: 'text', required: false, secret: false, choices: ['a', 'b'] },
      { name: 'key', label: 'Key', kind: 'text', required: true, secret: true },
    ]);
  });

  it("asks for a file's columns row by row", () => {
    const columns = named(describeFields(sftp.options), 'columns');
    expect(columns).toMatchObject({ kind: 'rows', required: false });
    expect(columns?.fields?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['source', 'header', 'nth', 'hash', 'value']),
    );
    expect(named(describeFields(sftp.options), 'encryptTo')).toMatchObject({ kind: 'text', long: true });
    expect(named(describeFields(sftp.options), 'fileName')).not.toHaveProperty('long');
    expect(named(columns?.fields, 'hash')?.choices).toContain('sha256');
    expect(named(columns?.fields, 'nth')).toMatchObject({ kind: 'number', required: false });
  });

  it("asks for an API's requests part by part, and for headers as texts by name", () => {
    const settings = describeFields(httpAudience.settings);
    expect(named(settings, 'add')).toMatchObject({ kind: 'object', required: true });
    expect(named(named(settings, 'add')?.fields, 'body')).toMatchObject({ kind: 'json', required: false });
    expect(named(named(settings, 'add')?.fields, 'method')).toMatchObject({
      required: true,
      choices: expect.any(Array),
    });
    expect(named(settings, 'errorMap')).toMatchObject({ kind: 'rows' });
    expect(named(settings, 'headers')).toMatchObject({ kind: 'map' });
    expect(named(settings, 'successCodes')).toMatchObject({ kind: 'list' });
    expect(named(describeFields(httpAudience.options), 'hashes')).toMatchObject({ kind: 'map' });
  });
});
