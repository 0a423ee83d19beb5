import 'reflect-metadata';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { KeepsSecrets, Label, Secret } from '../../connectors/declared.ts';
import type { DestinationDefinition } from '../../connectors/destination.ts';
import { Problem } from '../http/problem.ts';
import { DESTINATIONS } from './destinations.ts';
import { assertSecretsGiven, type SettingsChange } from './moved-secrets.ts';

class Settings {
  @Label('Host')
  @Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsString()
  host!: string;

  @Label('Port')
  @IsOptional()
  @IsInt()
  port: number = 22;

  @KeepsSecrets()
  @Label('Seconds')
  @IsInt()
  seconds: number = 30;

  @Label('Password')
  @Secret()
  @IsOptional()
  password?: string;

  @Label('Token')
  @Secret()
  @IsOptional()
  token?: string;
}

const definition = { settings: Settings } as unknown as DestinationDefinition;

/** Paths of the credentials that are asked for. */
function asked(change: Partial<SettingsChange> & { given: object }): string[] {
  const before = { host: 'a', password: 'p' };
  const after = { ...before, ...change.given };
  try {
    assertSecretsGiven(definition, { before, after, ...change } as SettingsChange);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.getStatus()).toBe(422);
    expect(new Set(error.errors.map(({ code }) => code))).toEqual(new Set(['secret_needed_again']));
    return error.errors.map(({ path }) => path);
  }
  return [];
}

describe('credentials of a connection', () => {
  it.each([
    ['the host', { host: 'b' }],
    ['the port', { port: 23 }],
    ['the host with another credential', { host: 'b', token: 't' }],
  ])('are asked for again when a change names %s', (_, given) => {
    expect(asked({ given })).toEqual(['settings.password']);
  });

  it.each([
    ['leaves the address as it is', { seconds: 5 }],
    ['writes the same address in another way', { host: 'A' }],
    ['writes out a default', { port: 22 }],
    ['enters them again', { host: 'b', password: 'p2' }],
    ['removes them', { host: 'b', password: null }],
  ])('are not asked for when a change %s', (_, given) => {
    const after = { host: 'a', password: 'p', ...given } as Record<string, unknown>;
    if (after.password === null) delete after.password;
    expect(asked({ given, after })).toEqual([]);
  });

  it('asks for no credential that Reach made itself', () => {
    expect(asked({ given: { host: 'b' }, made: 'password' })).toEqual([]);
  });

  it.each([
    ['facebook', 'adAccountId', 'accessToken'],
    ['google', 'customerId', 'refreshToken'],
    ['sftp', 'host', 'password'],
    ['sftp', 'username', 'privateKey'],
    ['object-storage', 'endpoint', 'secretAccessKey'],
    ['webhook', 'url', 'authorization'],
    ['http-audience', 'baseUrl', 'authValue'],
  ])('of %s are asked for again when its %s changes', (type, address, secret) => {
    const destination = DESTINATIONS.find((each) => each.type === type)!;
    const values = (where: string) => ({ [address]: where, [secret]: 'planted' });
    const change = { before: values('one'), after: values('two'), given: { [address]: 'two' } };
    expect(() => assertSecretsGiven(destination, change)).toThrow(/changed, so enter this again/);
  });
});
