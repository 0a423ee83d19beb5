import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsOptional, IsString, ValidateNested } from 'class-validator';
import { MAX_UNKNOWN, unknownNames } from './unknown-names.ts';

class Part {
  @IsString()
  id!: string;
}

class Base {
  @IsOptional()
  traits?: object;
}

class Whole extends Base {
  @ValidateNested()
  @Type(() => Part)
  part!: Part;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Part)
  parts!: Part[];
}

const paths = (value: unknown) => unknownNames(value, Whole).map(({ path }) => path);

describe('unknown names', () => {
  it('are found at their path in objects, nested objects and lists', () => {
    const value = { x: 1, part: { id: '', y: 1 }, parts: [{ id: '' }, { z: 1 }] };
    expect(paths(value)).toEqual(['x', 'part.y', 'parts[1].z']);
  });

  it('may be anything where a class declares an object without a class of its own', () => {
    expect(paths({ traits: { a: { b: 1 } } })).toEqual([]);
  });

  it('are none in values of another kind than the class declares', () => {
    for (const value of [null, 'x', 1, { part: 'x', parts: 3 }]) expect(paths(value)).toEqual([]);
  });

  it('are no longer looked for once there are too many to read', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`n${i}`, 1]));
    expect(paths({ parts: [many, many] })).toHaveLength(MAX_UNKNOWN + 1);
  });
});
