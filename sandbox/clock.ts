/** The time the sandbox believes in: the machine's, moved by an offset. Session limits and token lifetimes follow it. */
export class SandboxClock {
  private offset = 0;

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  set(date: Date | string): void {
    this.offset = new Date(date).getTime() - Date.now();
  }

  advance(milliseconds: number): void {
    this.offset += milliseconds;
  }

  reset(): void {
    this.offset = 0;
  }
}
