import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsNotEmpty, IsObject, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import { DATE_ORDERS } from '../values/date.ts';
import type { EventMapping, OrderMapping } from './mapping.ts';

export const DECIMALS = ['.', ','] as const;
export const NAME = /^[\p{L}\p{N}][\p{L}\p{N} _.:/()%+-]*$/u;
export const NAME_RULE = {
  message: '$property must start with a letter or digit and hold letters, digits, spaces and _.:/()%+-',
};

class OrderMappingDto implements OrderMapping {
  @ApiPropertyOptional({ description: 'Column with the currency.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  currency?: string;

  @ApiPropertyOptional({ description: "Column with the order's status, such as refunded or cancelled." })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  status?: string;

  @ApiPropertyOptional({ description: 'Column with the time of the cancellation: any time means cancelled.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  cancelledAt?: string;

  @ApiPropertyOptional({ description: 'Column with the amount refunded; it is taken off the value.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  refunded?: string;

  @ApiPropertyOptional({ description: 'Column that marks test orders; they are counted and left out.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  test?: string;

  @ApiPropertyOptional({
    description: 'Item property → column. Rows with the same event id are the items of one order.',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { name: 'Lineitem name', quantity: 'Lineitem quantity' },
  })
  @IsOptional()
  @IsObject()
  items?: Record<string, string>;
}

export class EventMappingDto implements EventMapping {
  @ApiProperty({ description: 'Kind of event.', example: 'order' })
  @Matches(/^[a-z][a-z0-9_-]{0,49}$/, { message: 'stream must be lower-case letters, digits, - and _' })
  stream!: string;

  @ApiProperty({ description: 'Column with the time. Times without a zone are UTC.', example: 'ordered_at' })
  @IsString()
  @IsNotEmpty()
  time!: string;

  @ApiPropertyOptional({ description: 'Column with the value, a number.', example: 'total' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  value?: string;

  @ApiPropertyOptional({
    description:
      'Column with an id. Rows with the same id of one contact and stream are one event, in this file and in later ones: the last row counts. Without it, equal events of one contact are one.',
    example: 'order_no',
  })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  id?: string;

  @ApiPropertyOptional({
    description: 'Property name → column.',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { category: 'product_category' },
  })
  @IsOptional()
  @IsObject()
  properties?: Record<string, string>;

  @ApiPropertyOptional({ enum: DATE_ORDERS })
  @IsOptional()
  @IsIn(DATE_ORDERS)
  dateOrder?: EventMapping['dateOrder'];

  @ApiPropertyOptional({ enum: DECIMALS })
  @IsOptional()
  @IsIn(DECIMALS)
  decimal?: EventMapping['decimal'];

  @ApiPropertyOptional({ type: () => OrderMappingDto, description: 'Where the events are orders.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => OrderMappingDto)
  order?: OrderMappingDto;
}
