import { useElementSize } from "@mantine/hooks";

export interface Curve {
  name: string;
  colour: string;
  points: readonly { x: number; y: number | null }[];
  dashed?: boolean;
}

interface CurvePlotProps {
  curves: readonly Curve[];
  xLabel: string;
  yLabel: string;
  /** Fixed range of y; otherwise from zero (or the smallest value) to the greatest. */
  yRange?: readonly [number, number];
  height?: number;
  /** What the plot shows, for those who cannot see it. */
  label: string;
  testId?: string;
}

const margin = { top: 24, right: 16, bottom: 40, left: 56 };

/** Returns round ticks (1, 2 or 5 times a power of ten apart) that lie within the range. */
export function ticks(low: number, high: number, about: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const found: number[] = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n += 1) {
    found.push(Number((n * step).toPrecision(12)));
  }
  return found;
}

/** Returns the SVG path through the points; a missing value breaks the line. */
export function pathOf(points: Curve["points"], x: (v: number) => number, y: (v: number) => number): string {
  let pen = "M";
  let path = "";
  for (const point of points) {
    if (point.y === null || !Number.isFinite(point.y)) {
      pen = "M";
      continue;
    }
    path += `${pen}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`;
    pen = "L";
  }
  return path;
}

/** A small line plot with axes and units. */
export function CurvePlot({ curves, xLabel, yLabel, yRange, height = 220, label, testId }: CurvePlotProps) {
  const { ref, width } = useElementSize();
  const all = curves.flatMap((curve) => curve.points);
  const values = all.map((point) => point.y).filter((value): value is number => value !== null);
  const [xLow, xHigh] = [Math.min(0, ...all.map((p) => p.x)), Math.max(1, ...all.map((p) => p.x))];
  const [yLow, yHigh] = yRange ?? [Math.min(0, ...values), Math.max(...values, 1e-6) * 1.05];
  const right = Math.max(margin.left + 40, width - margin.right);
  const bottom = height - margin.bottom;
  const x = (value: number) => margin.left + ((value - xLow) / (xHigh - xLow)) * (right - margin.left);
  const y = (value: number) => bottom - ((value - yLow) / (yHigh - yLow)) * (bottom - margin.top);
  const axis = { fill: "var(--fid-dim)", fontSize: 12 };
  return (
    <div ref={ref} style={{ height, minWidth: 0 }} data-testid={testId}>
      {width > 0 ? (
        <svg width={width} height={height} role="img" aria-label={label}>
          {ticks(yLow, yHigh, 4).map((tick) => (
            <g key={`y${tick}`}>
              <line x1={margin.left} x2={right} y1={y(tick)} y2={y(tick)} stroke="var(--fid-line)" />
              <text x={margin.left - 8} y={y(tick) + 4} textAnchor="end" {...axis}>
                {tick}
              </text>
            </g>
          ))}
          {ticks(xLow, xHigh, Math.max(2, (right - margin.left) / 80)).map((tick) => (
            <text key={`x${tick}`} x={x(tick)} y={bottom + 16} textAnchor="middle" {...axis}>
              {tick}
            </text>
          ))}
          <line x1={margin.left} x2={right} y1={bottom} y2={bottom} stroke="var(--fid-mark)" />
          <text x={(margin.left + right) / 2} y={height - 4} textAnchor="middle" {...axis}>
            {xLabel}
          </text>
          <text transform={`translate(14 ${(margin.top + bottom) / 2}) rotate(-90)`} textAnchor="middle" {...axis}>
            {yLabel}
          </text>
          {curves.length > 1
            ? curves.map((curve, index) => (
                <g key={`legend-${curve.name}`} transform={`translate(${margin.left + index * 120} 8)`}>
                  <line x2={20} stroke={curve.colour} strokeWidth={2} strokeDasharray={curve.dashed ? "5 4" : "none"} />
                  <text x={26} y={4} {...axis}>
                    {curve.name}
                  </text>
                </g>
              ))
            : null}
          {curves.map((curve) => (
            <g key={curve.name}>
              <path
                d={pathOf(curve.points, x, y)}
                fill="none"
                stroke={curve.colour}
                strokeWidth={2}
                {...(curve.dashed ? { strokeDasharray: "5 4" } : {})}
              />
              {curve.points.length < 60 && !curve.dashed
                ? curve.points.map((point) =>
                    point.y === null ? null : (
                      <circle key={point.x} cx={x(point.x)} cy={y(point.y)} r={2.5} fill={curve.colour}>
                        <title>{`${curve.name} · ${point.x}: ${point.y.toPrecision(4)}`}</title>
                      </circle>
                    ),
                  )
                : null}
            </g>
          ))}
        </svg>
      ) : null}
    </div>
  );
}
