import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  registerDecorator,
  ValidateNested,
  type ValidationArguments,
} from 'class-validator';
import { KeepsSecrets, Label, Secret } from '../declared.ts';
import type { Json } from '../destination.ts';
import type { ErrorCode } from '../errors.ts';
import type { HashChoice } from '../http/encode.ts';
import { RECEIVER_URL, RECEIVER_URL_FAULT } from '../http/url.ts';
import { HASHES, IDENTIFIERS } from '../match-keys.ts';
import { faultsOf } from './template.ts';
import { judge, type RequestName } from './variables.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const CODES: ErrorCode[] = [
  'auth',
  'config',
  'audience-missing',
  'payload',
  'policy',
  'throttled',
  'transient',
  'unknown',
];
const POINTER = /^(\/([^~/]|~[01])*)*$/;
const POINTER_FAULT = 'must be a JSON pointer such as /data/id';
/** Most members of one request, and of one batch. */
export const MOST_MEMBERS = 1_000;

/**
 * A property whose judge finds no fault; its words are the message.
 * @param name tells forms what it is: `textMap` texts by name, `anyJson` any JSON
 */
function Sound(find: (value: unknown, args: ValidationArguments) => string[], name = 'sound'): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown, args?: ValidationArguments) =>
          value === undefined || find(value, args!).length === 0,
        defaultMessage: (args?: ValidationArguments) => find(args!.value, args!).join('; '),
      },
    });
}

function bodyFaults(value: unknown): string[] {
  return JSON.stringify(value).length > 20_000 ? ['body must not be longer than 20000 characters'] : [];
}

/** One request of the API, with `{{variables}}` in path and body. */
export class RequestTemplate {
  @Label('Method')
  @IsIn(METHODS)
  method!: (typeof METHODS)[number];

  /** Below the base address, with query. Values of variables are encoded. */
  @Label('Path, below the base address, such as /lists/{{audience.id}}/members')
  @IsString()
  @MaxLength(2000)
  @Matches(/^\/(?!\/)[^\s#\\]*$/, { message: 'path must start with one slash and have no spaces' })
  path!: string;

  /** Any JSON; `{"$each": "members", "item": …}` repeats an item for each member. Absent: no body. */
  @Label('Body, as JSON with {{variables}}')
  @IsOptional()
  @Sound(bodyFaults, 'anyJson')
  body?: Json;

  /** Where the answer holds the id of the audience: for `find` and `create`. */
  @Label('Where the answer holds the id of the audience, such as /data/id')
  @IsOptional()
  @Matches(POINTER, { message: `idPointer ${POINTER_FAULT}` })
  idPointer?: string;
}

/** Where an answer names the members it refused. */
export class RejectsTemplate {
  /** The list of refusals. */
  @Label('Where the list of refusals is, such as /errors')
  @Matches(POINTER, { message: `pointer ${POINTER_FAULT}` })
  pointer!: string;

  /** `value`: by contact id or by an identifier that was sent; `position`: by number in the request, from 0. */
  @Label('How a refusal names the member: value or position')
  @IsOptional()
  @IsIn(['value', 'position'])
  by: 'value' | 'position' = 'value';

  /** Within a refusal; absent: the refusal itself names the member. */
  @Label('Where in a refusal the member is')
  @IsOptional()
  @Matches(POINTER, { message: `id ${POINTER_FAULT}` })
  id?: string;

  @Label('Where in a refusal the code is')
  @IsOptional()
  @Matches(POINTER, { message: `code ${POINTER_FAULT}` })
  code?: string;

  @Label('Where in a refusal the words are')
  @IsOptional()
  @Matches(POINTER, { message: `text ${POINTER_FAULT}` })
  text?: string;
}

/** What an answer means. The first that fits counts; without one, the usual meaning of the status. */
export class ErrorMapping {
  @Label('Status of the answer')
  @IsOptional()
  @IsInt()
  @Min(100)
  @Max(599)
  status?: number;

  /** Looked at together with `equals`. */
  @Label('Where in the answer to look, such as /error/type')
  @IsOptional()
  @Matches(POINTER, { message: `pointer ${POINTER_FAULT}` })
  pointer?: string;

  @Label('What must be there')
  @IsOptional()
  @IsString()
  @MaxLength(200)
  equals?: string;

  @Label('What it means')
  @IsIn(CODES)
  code!: ErrorCode;

  @Label('What to tell people')
  @IsOptional()
  @IsString()
  @MaxLength(500)
  text?: string;
}

function templateFaults(value: unknown, { object, property }: ValidationArguments): string[] {
  const { path, body } = Object(value) as Partial<RequestTemplate>;
  const { membersPerRequest } = object as HttpAudienceSettings;
  const judged = judge(property as RequestName, membersPerRequest);
  return [...faultsOf(path, judged, `${property}.path`), ...faultsOf(body, judged, `${property}.body`)];
}

function headerFaults(value: unknown): string[] {
  const bad = Object.entries(Object(value) as object).filter(
    ([name, text]) =>
      !/^[A-Za-z0-9-]{1,100}$/.test(name) || typeof text !== 'string' || !/^[\x20-\x7e]{0,1000}$/.test(text),
  );
  return bad.map(([name]) => `headers.${name} must be a plain name and one line of text`);
}

/** An API that keeps audiences, described by its requests. */
export class HttpAudienceSettings {
  @Label('Base address of the API')
  @IsString()
  @MaxLength(1000)
  @Matches(RECEIVER_URL, { message: `baseUrl ${RECEIVER_URL_FAULT}` })
  baseUrl!: string;

  @KeepsSecrets()
  @Label('Header that carries the credentials')
  @IsOptional()
  @Matches(/^[A-Za-z0-9-]{1,100}$/, { message: 'authHeader must be the name of a header' })
  authHeader: string = 'Authorization';

  @Label('Credentials, as the header has them, such as Bearer …')
  @Secret()
  @IsOptional()
  @Matches(/^[\x20-\x7e]{1,4000}$/, { message: 'authValue must be one line of plain characters' })
  authValue?: string;

  @KeepsSecrets()
  @Label('Further headers, none of them secret')
  @IsOptional()
  @IsObject()
  @Sound(headerFaults, 'textMap')
  headers?: Record<string, string>;

  @KeepsSecrets()
  @Label('A request that changes nothing, for the connection check')
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RequestTemplate)
  @Sound(templateFaults)
  check?: RequestTemplate;

  @KeepsSecrets()
  @Label('Finds an audience that is there already')
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RequestTemplate)
  @Sound(templateFaults)
  find?: RequestTemplate;

  @KeepsSecrets()
  @Label('Creates an audience')
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RequestTemplate)
  @Sound(templateFaults)
  create?: RequestTemplate;

  @KeepsSecrets()
  @Label('Renames and describes an audience')
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RequestTemplate)
  @Sound(templateFaults)
  update?: RequestTemplate;

  @KeepsSecrets()
  @Label('Adds members')
  @IsObject()
  @ValidateNested()
  @Type(() => RequestTemplate)
  @Sound(templateFaults)
  add!: RequestTemplate;

  @KeepsSecrets()
  @Label('Removes members')
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RequestTemplate)
  @Sound(templateFaults)
  remove?: RequestTemplate;

  @KeepsSecrets()
  @Label('Members in one request (1 to 1000)')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_MEMBERS)
  membersPerRequest: number = 100;

  @KeepsSecrets()
  @Label('Requests a minute that the API allows')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(60_000)
  requestsPerMinute?: number;

  @KeepsSecrets()
  @Label('Statuses that mean success; absent: 200 to 299')
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @Type(() => Number)
  @IsInt({ each: true })
  @Min(200, { each: true })
  @Max(599, { each: true })
  successCodes?: number[];

  @KeepsSecrets()
  @Label('Where answers name the members they refuse')
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RejectsTemplate)
  rejects?: RejectsTemplate;

  @KeepsSecrets()
  @Label("What the API's errors mean")
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ErrorMapping)
  errorMap?: ErrorMapping[];

  @KeepsSecrets()
  @Label('Seconds to wait for an answer (1 to 300)')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(300)
  timeoutSeconds: number = 30;
}

function hashFaults(value: unknown): string[] {
  return Object.entries(Object(value) as object).flatMap(([key, hash]) => {
    if (!IDENTIFIERS[key]) return [`hashes.${key} is no match key`];
    return [...HASHES, 'none'].includes(hash) ? [] : [`hashes.${key} must be ${HASHES.join(', ')} or none`];
  });
}

/** What a delivery to an API can choose. */
export class HttpAudienceOptions {
  @Label('Digest by match key; absent: SHA-256 of what could name a person')
  @IsOptional()
  @IsObject()
  @Sound(hashFaults, 'textMap')
  hashes?: HashChoice;

  @Label('Id of an audience that is there already, for deliveries that are not split')
  @IsOptional()
  @Matches(/^\S{1,500}$/, { message: 'audienceId must be 1 to 500 characters without spaces' })
  audienceId?: string;
}
