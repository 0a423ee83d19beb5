import { MultiBar, Presets, type SingleBar } from 'cli-progress';

/** Progress bars on a terminal; elsewhere a line at the start and the end of each step. */
export class Progress {
  private readonly bars?: MultiBar;
  private readonly open = new Map<string, SingleBar>();

  constructor(private readonly out: NodeJS.WriteStream = process.stderr) {
    if (!out.isTTY) return;
    const options = {
      stream: out,
      clearOnComplete: false,
      hideCursor: true,
      format: ' {bar} {percentage}% {name} {detail}',
      barsize: 28,
    };
    this.bars = new MultiBar(options, Presets.shades_classic);
  }

  /** Shows how far a step is; call it as often as you like. `total` may grow. */
  set(name: string, value: number, total: number, detail = ''): void {
    const label = name.padEnd(44);
    if (!this.bars) {
      if (!this.open.has(name)) this.out.write(`… ${name}\n`);
      this.open.set(name, undefined as never);
      return;
    }
    const bar = this.open.get(name) ?? this.bars.create(Math.max(total, 1), 0, { name: label, detail });
    this.open.set(name, bar);
    bar.setTotal(Math.max(total, 1));
    bar.update(Math.min(value, total), { name: label, detail });
  }

  done(name: string, detail = ''): void {
    const bar = this.open.get(name);
    if (bar) bar.update(bar.getTotal(), { name: name.padEnd(44), detail });
    else this.out.write(`✓ ${name} ${detail}\n`);
  }

  /** Writes lines that stay above the bars. */
  note(text: string): void {
    if (this.bars) this.bars.log(`${text}\n`);
    else this.out.write(`${text}\n`);
  }

  stop(): void {
    this.bars?.stop();
  }
}
