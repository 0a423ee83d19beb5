/** The source of "now". Injected everywhere, so that tests and relative dates decide what time it is. */
export class Clock {
  now(): Date {
    return new Date();
  }
}
