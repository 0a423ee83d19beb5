import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { KeepsSecrets, Label, Secret } from '../declared.ts';
import { RECEIVER_URL, RECEIVER_URL_FAULT } from '../http/url.ts';

const SECRET = /^[\x21-\x7e]{16,200}$/;

/** Where a receiver listens and how it knows that it is us. */
export class WebhookSettings {
  @Label('Address that takes the deliveries')
  @IsString()
  @MaxLength(2000)
  @Matches(RECEIVER_URL, { message: `url ${RECEIVER_URL_FAULT}` })
  url!: string;

  /** HMAC-SHA256 over `timestamp.body`, in the header Reach-Signature. */
  @Label('Signing secret, 16 characters or more, which the receiver checks signatures with')
  @Secret()
  @Matches(SECRET, { message: 'secret must be 16 to 200 plain characters without spaces' })
  secret!: string;

  /** Signs as well while the receiver changes over; remove it afterwards. */
  @Label('Former signing secret, while it is being replaced')
  @Secret()
  @IsOptional()
  @Matches(SECRET, { message: 'formerSecret must be 16 to 200 plain characters without spaces' })
  formerSecret?: string;

  @Label('Authorization header, if the receiver or a gateway before it wants one')
  @Secret()
  @IsOptional()
  @Matches(/^[\x20-\x7e]{1,4000}$/, { message: 'authorization must be one line of plain characters' })
  authorization?: string;

  @KeepsSecrets()
  @Label('Seconds to wait for an answer (1 to 300)')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(300)
  timeoutSeconds: number = 30;
}

/** Most members of one request, and of one batch. */
export const MOST_MEMBERS = 1_000;

/** What a delivery to a webhook can choose. */
export class WebhookOptions {
  @Label('Members in one request (1 to 1000)')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_MEMBERS)
  membersPerRequest: number = MOST_MEMBERS;
}
