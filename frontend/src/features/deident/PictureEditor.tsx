import { Box } from "@mantine/core";
import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";

import type { Region } from "@/shared/api/deidentification";

import { between, moved, resized, type Size } from "./regions";

interface EditorProps {
  source: string;
  picture: Size;
  regions: readonly Region[];
  chosen: number;
  onRegions: (regions: Region[], chosen: number) => void;
}

type Drag = { kind: "draw"; from: { x: number; y: number } } | { kind: "move"; at: { x: number; y: number } };

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function RegionBox({ region, number, chosen }: { region: Region; number: number; chosen: boolean }) {
  const line = chosen ? "var(--fid-accent)" : "var(--fid-amber)";
  return (
    <g data-testid="region" data-chosen={chosen} data-region={number}>
      <rect
        {...region}
        fill="#000"
        fillOpacity={0.72}
        stroke={line}
        strokeWidth={2}
        vectorEffect="non-scaling-stroke"
      />
      <text
        x={region.x + region.width / 2}
        y={region.y + region.height / 2}
        fill={line}
        fontSize={Math.max(8, Math.min(20, region.height * 0.6))}
        textAnchor="middle"
        dominantBaseline="central"
      >
        {number}
      </text>
    </g>
  );
}

/**
 * The picture with the regions that will be blanked. Drag on the picture to draw, drag a region to move it; with the
 * keyboard, arrows move the chosen region by a pixel (with Shift ten), with Alt they change its size, Delete removes it.
 */
export function PictureEditor({ source, picture, regions, chosen, onRegions }: EditorProps) {
  const { t } = useTranslation();
  const surface = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);

  const placeOf = (event: PointerEvent) => {
    const matrix = surface.current?.getScreenCTM();
    if (!matrix) return { x: 0, y: 0 };
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return { x, y };
  };
  const change = (index: number, region: Region) =>
    onRegions(
      regions.map((one, at) => (at === index ? region : one)),
      index,
    );

  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = placeOf(event);
    const hit = regions.findLastIndex(
      ({ x, y, width, height }) => at.x >= x && at.x < x + width && at.y >= y && at.y < y + height,
    );
    if (hit >= 0) {
      onRegions([...regions], hit);
      setDrag({ kind: "move", at });
      return;
    }
    onRegions([...regions, between(at, at, picture)], regions.length);
    setDrag({ kind: "draw", from: at });
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const region = regions[chosen];
    if (!drag || !region) return;
    const at = placeOf(event);
    if (drag.kind === "draw") {
      change(chosen, between(drag.from, at, picture));
      return;
    }
    const [dx, dy] = [Math.round(at.x - drag.at.x), Math.round(at.y - drag.at.y)];
    if (dx === 0 && dy === 0) return;
    change(chosen, moved(region, dx, dy, picture));
    setDrag({ kind: "move", at: { x: drag.at.x + dx, y: drag.at.y + dy } });
  };
  const up = () => {
    const region = regions[chosen];
    // A click that draws nothing leaves nothing behind.
    if (drag?.kind === "draw" && region && (region.width < 3 || region.height < 3)) {
      onRegions(
        regions.filter((_, at) => at !== chosen),
        Math.max(0, chosen - 1),
      );
    }
    setDrag(null);
  };
  const key = (event: KeyboardEvent) => {
    const region = regions[chosen];
    const arrow = arrows[event.key];
    if (region && arrow) {
      const step = event.shiftKey ? 10 : 1;
      const [dx, dy] = [arrow[0] * step, arrow[1] * step];
      change(chosen, event.altKey ? resized(region, dx, dy, picture) : moved(region, dx, dy, picture));
    } else if (region && (event.key === "Delete" || event.key === "Backspace")) {
      onRegions(
        regions.filter((_, at) => at !== chosen),
        Math.max(0, chosen - 1),
      );
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <Box
      h="100%"
      bg="var(--fid-image)"
      role="application"
      aria-label={t("deident.review.pictureLabel")}
      tabIndex={0}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onKeyDown={key}
      style={{
        minHeight: 0,
        minWidth: 0,
        cursor: "crosshair",
        touchAction: "none",
        userSelect: "none",
        outlineOffset: -2,
      }}
      data-testid="held-picture"
    >
      <svg
        ref={surface}
        viewBox={`0 0 ${picture.width} ${picture.height}`}
        width="100%"
        height="100%"
        preserveAspectRatio="xMidYMid meet"
        aria-hidden
        style={{ display: "block" }}
      >
        <image href={source} width={picture.width} height={picture.height} preserveAspectRatio="none" />
        {regions.map((region, at) => (
          <RegionBox key={at} region={region} number={at + 1} chosen={at === chosen} />
        ))}
      </svg>
    </Box>
  );
}
