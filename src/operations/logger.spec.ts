import { DrizzleQueryError } from 'drizzle-orm';
import { PinoLogger } from './logger.ts';

/** Logs one event and returns what was written. */
function logged(write: (logger: PinoLogger) => void): { text: string; line: Record<string, unknown> } {
  const lines: string[] = [];
  write(new PinoLogger('trace', { write: (line: string) => void lines.push(line) }));
  expect(lines).toHaveLength(1);
  return { text: lines[0]!, line: JSON.parse(lines[0]!) as Record<string, unknown> };
}

describe('the log', () => {
  const values = ['ada@example.com', '+14155550100', 'line one\nline two of ada@example.com', '{"a": 1}'];
  const failed = new DrizzleQueryError(
    'select "id" from "t" where "email" = $1',
    values,
    new Error('connect ECONNREFUSED'),
  );

  it.each<[string, (logger: PinoLogger) => void]>([
    ['as a field', (logger) => logger.error({ msg: 'sweep failed', err: failed })],
    ['by itself', (logger) => logger.error(failed)],
    ['as a warning with context', (logger) => logger.warn({ msg: 'odd', err: failed }, 'Somewhere')],
  ])('holds no value bound to a failed query, given %s', (_, write) => {
    const { text, line } = logged(write);
    for (const part of ['ada@', '+1415', 'line two', '"a"']) expect(text).not.toContain(part);
    const { message, stack } = line.err as { message: string; stack: string };
    expect(message).toBe('Failed query: select "id" from "t" where "email" = $1\nparams: [redacted]');
    expect(stack).toContain('logger.spec');
  });

  it('leaves other errors as they are', () => {
    const error = Object.assign(new TypeError('no such thing'), { code: 'E_NONE' });
    const { line } = logged((logger) => logger.error({ msg: 'failed', err: error }));
    expect(line.err).toMatchObject({ type: 'TypeError', code: 'E_NONE', message: 'no such thing', stack: error.stack });
  });

  it('reduces what is no error to its type', () => {
    const { text } = logged((logger) => logger.error({ msg: 'failed', err: { email: 'ada@example.com' } }));
    expect(text).not.toContain('ada@');
  });

  it.each(['email', 'token', 'payload', 'response'])('redacts %s wherever it is first or second', (key) => {
    const { text } = logged((logger) =>
      logger.log({ msg: 'odd', [key]: 'ada@example.com', deep: { [key]: 'ada@example.com' } }),
    );
    expect(text).not.toContain('ada@');
  });
});
