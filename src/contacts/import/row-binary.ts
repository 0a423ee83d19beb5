import { millionths } from '../values/amount.ts';

/**
 * Writes rows in ClickHouse's RowBinary format: https://clickhouse.com/docs/interfaces/formats/RowBinary. The warehouse
 * reads it four times as fast as text, and writing into one buffer leaves the garbage collector nothing to do.
 */
export class RowBinaryWriter {
  private bytes = Buffer.allocUnsafeSlow(1 << 20);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  /** A column that every row begins with, made once. */
  static prefix(...values: string[]): Uint8Array {
    const writer = new RowBinaryWriter();
    for (const value of values) writer.text(value);
    return writer.drain();
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** String, also where it is LowCardinality. */
  text(value: string): void {
    this.reserve(value.length * 3 + 5);
    const start = this.length;
    if (value.length < 128) {
      const { bytes } = this;
      let at = start;
      bytes[at++] = value.length;
      let code = 0;
      for (let i = 0; i < value.length; i++) {
        code = value.charCodeAt(i);
        if (code > 127) break;
        bytes[at++] = code;
      }
      if (code < 128) {
        this.length = at;
        return;
      }
    }
    this.count(Buffer.byteLength(value));
    this.length += this.bytes.write(value, this.length);
  }

  /** FixedString: as many ASCII characters as the column is wide. */
  fixed(value: string): void {
    this.reserve(value.length);
    for (let i = 0; i < value.length; i++) this.bytes[this.length++] = value.charCodeAt(i);
  }

  uint8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** UInt64 and Int64, of whole numbers that a double holds. */
  int64(value: number): void {
    this.reserve(8);
    this.view.setInt32(this.length, value | 0, true);
    this.view.setInt32(this.length + 4, Math.floor(value / 4_294_967_296), true);
    this.length += 8;
  }

  float64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** `AMOUNT`: a byte that says whether there is none, then the millionths in 16 bytes. */
  amount(value: number | undefined): void {
    this.reserve(17);
    this.bytes[this.length++] = value === undefined ? 1 : 0;
    if (value === undefined) return;
    const stored = millionths(value);
    this.view.setBigInt64(this.length, BigInt.asIntN(64, stored), true);
    this.view.setBigInt64(this.length + 8, stored >> 64n, true);
    this.length += 16;
  }

  /** Length of an array, before its elements. */
  count(value: number): void {
    this.reserve(5);
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.bytes[this.length++] = (rest & 127) | 128;
    this.bytes[this.length++] = rest;
  }

  texts(values: readonly string[]): void {
    this.count(values.length);
    for (let i = 0; i < values.length; i++) this.text(values[i]!);
  }

  int64s(values: readonly number[]): void {
    this.count(values.length);
    for (let i = 0; i < values.length; i++) this.int64(values[i]!);
  }

  floats(values: readonly number[]): void {
    this.count(values.length);
    for (let i = 0; i < values.length; i++) this.float64(values[i]!);
  }

  /** What was written since the last call, in memory of its own that may be handed to another thread. */
  drain(): Uint8Array<ArrayBuffer> {
    const rows = this.bytes.subarray(0, this.length);
    this.replace(Buffer.allocUnsafeSlow(Math.max(1024, this.length)));
    this.length = 0;
    return rows;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + more, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.replace(larger);
  }

  private replace(bytes: Buffer<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
