/** An error as the server reports it: a code, and a text that begins with it. */
export class ServerError extends Error {
  readonly code: number;
  readonly status: number;

  constructor(code: number, text: string, status = 500) {
    super(text);
    this.code = code;
    this.status = status;
  }
}

const VERSION = '(version 26.7.1.1 (official build))';

/** An exception of the server's own. Names and codes: src/Common/ErrorCodes.cpp of ClickHouse. */
export const exception = (code: number, name: string, text: string): ServerError =>
  new ServerError(code, `Code: ${code}. DB::Exception: ${text}. (${name}) ${VERSION}\n`);

/** A field above http_max_field_value_size. */
export const fieldTooLong = (): ServerError =>
  new ServerError(
    1000,
    `Poco::Exception. Code: 1000, e.code() = 0, HTML Form Exception: Field value too long ${VERSION}\n`,
    400,
  );

/** Every failure in the server's words. The engine's errors have them already. */
export function asServerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = Number(/^Code: (\d+)/.exec(message)?.[1] ?? 0);
  return code > 0 ? new ServerError(code, `${message} ${VERSION}\n`) : exception(1002, 'UNKNOWN_EXCEPTION', message);
}
