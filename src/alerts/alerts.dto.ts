import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsIn, IsUrl, ValidateIf } from 'class-validator';

export class CreateAlertChannelDto {
  @ApiProperty({ enum: ['webhook', 'email'] })
  @IsIn(['webhook', 'email'])
  type!: 'webhook' | 'email';

  @ApiProperty({
    description: 'URL of the webhook, or the e-mail address.',
    example: 'https://example.com/hooks/reach',
  })
  @ValidateIf((dto: CreateAlertChannelDto) => dto.type === 'webhook')
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  @ValidateIf((dto: CreateAlertChannelDto) => dto.type === 'email')
  @IsEmail()
  target!: string;
}
