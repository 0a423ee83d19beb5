import type { CalibrationBin, Decile, RocPoint } from '../models/outcomes/quality.ts';

/** Charts as SVG: numbers only, so nothing in them needs escaping. They take their colours from the page. */
const SIZE = 280;
const PAD = 34;
const INNER = SIZE - 2 * PAD;

const x = (share: number) => (PAD + share * INNER).toFixed(1);
const y = (share: number) => (SIZE - PAD - share * INNER).toFixed(1);
const path = (points: [number, number][]) => points.map(([a, b], i) => `${i ? 'L' : 'M'}${x(a)} ${y(b)}`).join('');

/** A square with both axes from 0 to `top`. */
function frame(content: string, labels: { x: string; y: string; top: string }, title: string): string {
  return `<svg viewBox="0 0 ${SIZE} ${SIZE}" role="img" aria-label="${title}">
<rect x="${PAD}" y="${PAD}" width="${INNER}" height="${INNER}" class="frame"/>
${content}
<text x="${SIZE / 2}" y="${SIZE - 6}" text-anchor="middle">${labels.x}</text>
<text transform="translate(12 ${SIZE / 2}) rotate(-90)" text-anchor="middle">${labels.y}</text>
<text x="${PAD}" y="${SIZE - PAD + 14}" text-anchor="middle">0</text>
<text x="${SIZE - PAD}" y="${SIZE - PAD + 14}" text-anchor="middle">${labels.top}</text>
<text x="${PAD - 4}" y="${PAD + 4}" text-anchor="end">${labels.top}</text>
</svg>`;
}

export function rocChart(points: RocPoint[]): string {
  const curve = path(points.map(({ falsePositives, truePositives }) => [falsePositives, truePositives]));
  const even = path([
    [0, 0],
    [1, 1],
  ]);
  const labels = { x: 'false positives', y: 'true positives', top: '1' };
  return frame(`<path d="${even}" class="even"/><path d="${curve}" class="line"/>`, labels, 'ROC curve');
}

export function calibrationChart(bins: CalibrationBin[]): string {
  const most = Math.max(0.01, ...bins.flatMap(({ predicted, observed }) => [predicted, observed]));
  const top = Math.min(1, Math.ceil(most * 20) / 20);
  const at = ({ predicted, observed }: CalibrationBin): [number, number] => [predicted / top, observed / top];
  const dots = bins.map((bin) => `<circle cx="${x(at(bin)[0])}" cy="${y(at(bin)[1])}" r="4" class="dot"/>`);
  const even = path([
    [0, 0],
    [1, 1],
  ]);
  const labels = { x: 'predicted', y: 'happened', top: `${Math.round(top * 100)} %` };
  const content = `<path d="${even}" class="even"/><path d="${path(bins.map(at))}" class="thin"/>${dots.join('')}`;
  return frame(content, labels, 'Calibration');
}

const WIDTH = 600;
const HEIGHT = 240;

/** Lift of each tenth with its band; a dashed line at 1. */
export function liftChart(deciles: Decile[]): string {
  const top = Math.max(1.5, ...deciles.map(({ liftHigh }) => liftHigh)) * 1.05;
  const level = (lift: number) => HEIGHT - PAD - (lift / top) * (HEIGHT - 2 * PAD);
  const step = (WIDTH - 2 * PAD) / deciles.length;
  const bars = deciles.map(({ decile, lift, liftLow, liftHigh }, i) => {
    const [left, middle] = [PAD + i * step, PAD + (i + 0.5) * step];
    return `<rect x="${(left + step * 0.15).toFixed(1)}" y="${level(lift).toFixed(1)}" width="${(step * 0.7).toFixed(1)}" height="${(level(0) - level(lift)).toFixed(1)}" class="bar"/>
<line x1="${middle.toFixed(1)}" x2="${middle.toFixed(1)}" y1="${level(liftLow).toFixed(1)}" y2="${level(liftHigh).toFixed(1)}" class="band"/>
<text x="${middle.toFixed(1)}" y="${HEIGHT - PAD + 15}" text-anchor="middle">${decile}</text>
<text x="${middle.toFixed(1)}" y="${(level(liftHigh) - 5).toFixed(1)}" text-anchor="middle">${lift.toFixed(2)}</text>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Lift by tenth">
<line x1="${PAD}" x2="${WIDTH - PAD}" y1="${level(1).toFixed(1)}" y2="${level(1).toFixed(1)}" class="even"/>
${bars.join('\n')}
<text x="${WIDTH / 2}" y="${HEIGHT - 4}" text-anchor="middle">tenths of contacts, best scored first</text>
</svg>`;
}
