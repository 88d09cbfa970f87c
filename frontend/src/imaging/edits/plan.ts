/** From what the page asks for to an operation and the box that it needs. */

import type { LabelLayers } from "../labelLayers";
import type { Vec3 } from "../types";
import { boundsOf, joined, voxelsFor, wholeOf, widened } from "./cutter";
import type { EditRequest } from "./settings";
import { EditError, voxelsIn, type Operation, type Region } from "./types";

export interface Plan {
  readonly operation: Operation;
  readonly region: Region;
  /** Named in the history. At most 40 letters. */
  readonly tool: string;
  /** The other label of a combination. */
  readonly other: number | null;
}

/** Larger boxes would not fit into the memory of a page beside the images. */
const LARGEST_VOXELS = 160e6;

export interface Ground {
  readonly labels: LabelLayers;
  readonly size: Vec3;
  readonly spacing: Vec3;
  /** The label that is edited. */
  readonly label: number;
  /** Every label that seeds may be of: neither locked nor hidden, on the label's layer. */
  readonly seeds: readonly number[];
}

/**
 * Raises EditError: `emptyLabel` where there is nothing to work on, `otherLabel` where a combination names no other
 * label, `twoSeeds` without seeds, `tooLarge`.
 */
export function planOf(request: EditRequest, ground: Ground): Plan {
  const plan = outline(request, ground);
  if (voxelsIn(plan.region.size) > LARGEST_VOXELS) {
    throw new EditError("tooLarge");
  }
  return plan;
}

function outline(request: EditRequest, { labels, size, spacing, label, seeds }: Ground): Plan {
  const own = boundsOf(labels.of(label), label);
  const around = (mm: number): Region => widened(present(own), voxelsFor(mm, spacing), size);
  switch (request.kind) {
    case "interpolate": {
      // Shapes are moved onto each other, so distances are asked for as far outside as the label is wide.
      const box = present(own);
      const by = box.size.map((count, axis) => (axis === request.axis ? 0 : count)) as unknown as Vec3;
      return { operation: request, region: widened(box, by, size), tool: "interpolate", other: null };
    }
    case "largest":
      return { operation: { kind: "islands", keep: "largest" }, region: present(own), tool: "islands", other: null };
    case "small": {
      const voxels = Math.ceil(request.mm3 / (spacing[0] * spacing[1] * spacing[2]) - 1e-6);
      return {
        operation: { kind: "islands", keep: "atLeast", voxels },
        region: present(own),
        tool: "islands",
        other: null,
      };
    }
    case "margin":
      return { operation: request, region: around(Math.max(0, request.mm)), tool: "margin", other: null };
    case "hollow":
      return {
        operation: request,
        region: around(request.shell === "outside" ? request.mm : 0),
        tool: "hollow",
        other: null,
      };
    case "smooth":
      return {
        operation: request,
        region: around(request.method === "gaussian" ? 4 * request.mm : request.mm),
        tool: "smooth",
        other: null,
      };
    case "combine": {
      const { how, other } = request;
      const alone = how === "clear" || how === "invert";
      if (!alone && (other === 0 || other === label)) {
        throw new EditError("otherLabel"); // 0 is what no label covers: adding that would fill everything
      }
      const second = alone ? null : boundsOf(labels.of(other), other);
      const region = how === "invert" ? wholeOf(size) : present(joined(own, second));
      return { operation: request, region, tool: `combine-${how}`, other };
    }
    case "seeds": {
      const values = seeds.filter((value) => labels.of(value).slicesWith(value).length > 0);
      const all = values.map((value) => boundsOf(labels.of(value), value)).reduce(joined, null);
      if (!all || (values.length < 2 && !request.rim)) {
        throw new EditError("twoSeeds");
      }
      const region = widened(all, voxelsFor(request.marginMm, spacing), size);
      return { operation: { kind: "seeds", values, rim: request.rim }, region, tool: "seeds", other: null };
    }
  }
}

function present(region: Region | null): Region {
  if (!region) {
    throw new EditError("emptyLabel");
  }
  return region;
}
