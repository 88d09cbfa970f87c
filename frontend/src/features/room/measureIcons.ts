import {
  IconAngle,
  IconArrowUpLeft,
  IconArrowsCross,
  IconArrowsVertical,
  IconBone,
  IconCircle,
  IconColorPicker,
  IconLassoPolygon,
  IconLungs,
  IconOvalVertical,
  IconRectangle,
  IconRuler2,
  IconVectorSpline,
  type Icon,
} from "@tabler/icons-react";

import type { MeasureType } from "@/imaging";

/** One icon for each type of measurement. */
export const MEASURE_ICONS: Readonly<Record<MeasureType, Icon>> = {
  length: IconRuler2,
  bidirectional: IconArrowsCross,
  angle: IconAngle,
  cobb: IconBone,
  ellipse: IconOvalVertical,
  rectangle: IconRectangle,
  circle: IconCircle,
  freehand: IconLassoPolygon,
  spline: IconVectorSpline,
  probe: IconColorPicker,
  arrow: IconArrowUpLeft,
  height: IconArrowsVertical,
  ratio: IconLungs,
};
