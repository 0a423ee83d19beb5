import type { LoggerService } from '@nestjs/common';
import pino, { type Logger } from 'pino';

/** Keys that may hold people's identifiers or secrets; their values never reach the log. */
const REDACTED = [
  'emails',
  'phones',
  'email',
  'phone',
  'firstName',
  'lastName',
  'street',
  'token',
  'accessToken',
  'password',
  'privateKey',
  'authorization',
  'secret',
  'data',
  'payload',
  'body',
  'config',
  'request',
  'response',
];

/** Nest's logger on pino: one JSON line an event, errors reduced to type, code, message and stack. */
export class PinoLogger implements LoggerService {
  private readonly pino: Logger;

  constructor(level: string, destination?: pino.DestinationStream) {
    const paths = REDACTED.flatMap((key) => [key, `*.${key}`, `err.${key}`]);
    const options: pino.LoggerOptions = {
      level,
      base: undefined,
      redact: { paths, censor: '[redacted]' },
      serializers: { err: serializeError },
    };
    this.pino = destination ? pino(options, destination) : pino(options);
  }

  log(message: unknown, ...rest: unknown[]) {
    this.write('info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]) {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]) {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]) {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]) {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]) {
    this.write('fatal', message, rest);
  }

  private write(
    level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = typeof rest.at(-1) === 'string' ? rest.at(-1) : undefined;
    if (message instanceof Error) this.pino[level]({ context, err: message }, message.name);
    else if (message && typeof message === 'object') this.pino[level]({ context, ...message });
    else this.pino[level]({ context }, String(message));
  }
}

/** Vendor errors drag whole requests behind them; only these fields are safe to keep. */
function serializeError(error: unknown) {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = (error as { code?: unknown }).code;
  const message = withoutParams(error.message);
  // a stack begins with the message
  return { type: error.name, code, message, stack: error.stack?.replace(error.message, () => message) };
}

/** Drizzle ends the message of a failed query with the values bound to it, which may be anything, over many lines. */
function withoutParams(message: string): string {
  const at = message.indexOf('\nparams:');
  return at < 0 ? message : `${message.slice(0, at)}\nparams: [redacted]`;
}
