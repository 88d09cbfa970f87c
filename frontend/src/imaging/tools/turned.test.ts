import { expect, it } from "vitest";

import type { ToolContext } from "./handTool";
import { makeTools } from "./registry";
import { marksTurned } from "./turned";

it("says of every tool that marks what the tool itself does on turned planes", () => {
  const context = { now: () => ({ settings: { contour: { curve: "spline" } } }) } as unknown as ToolContext;
  const marking = [...makeTools(context)].filter(([, tool]) => tool.edits);
  expect(marking.length).toBeGreaterThan(15);
  for (const [name, tool] of marking) expect(marksTurned(name), name).toBe(tool.anyPlane === true);
});
