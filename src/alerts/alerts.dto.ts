import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';

export class CreateAlertChannelDto {
  @ApiProperty({ enum: ['webhook', 'email'] })
  @IsIn(['webhook', 'email'])
  type!: 'webhook' | 'email';

  @ApiProperty({
    description: 'URL of the webhook, or the e-mail address.',
    example: 'https://example.com/hooks/reach',
  })
  @IsString()
  @MaxLength(2000)
  target!: string;
}
