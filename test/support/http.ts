/** The bootstrap key of every service that tests start. */
export const ADMIN_KEY = 'test-admin-key-0123456789';

export interface ApiResponse<T> {
  status: number;
  body: T;
  headers: Headers;
}

/** Sends JSON or a form with the admin key (or the key in `headers`) and parses a JSON answer. */
export async function call<T>(
  url: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
) {
  const form = body instanceof FormData;
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${ADMIN_KEY}`,
      ...(body && !form ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    body: body === undefined ? undefined : form ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, body: (isJson && text ? JSON.parse(text) : text) as T, headers: response.headers };
}

/** Asks until `done` holds, and fails with the last answer when it never does. */
export async function until<T>(
  ask: () => Promise<T>,
  done: (value: T) => boolean,
  timeoutMs = 60_000,
  everyMs = 50,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  // most things come true at once
  for (let pause = 5; ; pause = Math.min(2 * pause, everyMs)) {
    const value = await ask();
    if (done(value)) return value;
    if (Date.now() > deadline) throw new Error(`still not done: ${JSON.stringify(value).slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
