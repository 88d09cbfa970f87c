/** Cornerstone3D, started once. Nothing outside `imaging/` knows it. */

import {
  Enums,
  RenderingEngine,
  cornerstoneStreamingImageVolumeLoader,
  init as initCore,
  utilities,
  volumeLoader,
} from "@cornerstonejs/core";
import { init as initLoader } from "@cornerstonejs/dicom-image-loader";
import { PanTool, ToolGroupManager, ZoomTool, addTool, init as initTools } from "@cornerstonejs/tools";

import { registerColourMaps } from "./colourMaps";
import { hearFailures } from "./failures";
import { loadFromView, watchHand } from "./loading";
import { readPlainFrames } from "./plainFrames";
import { frameHeaders, watchSpeed } from "./transfer";
import type { Backend } from "./types";

const ENGINE_ID = "fiducial";
export const TOOL_GROUP_ID = "fiducial";
/** Panes of series that are not marked. */
export const VIEW_GROUP_ID = "fiducial-view";
export const HISTORY_STEPS = 100;
/** While a volume comes in, its panes are drawn anew at most this often: each time costs about 15 ms of a pane. */
const REPAINT_MS = 500;

/** The browser cannot draw images at all. */
export class NoWebGlError extends Error {
  override readonly name = "NoWebGlError";
}

export interface Engine {
  readonly backend: Backend;
  readonly rendering: RenderingEngine;
}

let starting: Promise<Engine> | null = null;

/** Start the engine, or return the one that runs. Rejects with NoWebGlError when the browser has no WebGL. */
export function startEngine(): Promise<Engine> {
  starting ??= start();
  return starting;
}

/** True when WebGL is drawn by the processor, where Cornerstone's own CPU path is several times faster. */
function softwareWebGl(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  if (!context) {
    throw new NoWebGlError("WebGL 2 is not available");
  }
  const info = context.getExtension("WEBGL_debug_renderer_info");
  const name = info ? String(context.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

/** `?render=cpu` or `?render=gpu` decides; otherwise software WebGL means the CPU path. */
export function chooseBackend(search: string, isSoftware: () => boolean): Backend {
  const wanted = new URLSearchParams(search).get("render");
  const software = isSoftware();
  if (wanted === "cpu" || wanted === "gpu") {
    return wanted;
  }
  return software ? "cpu" : "gpu";
}

async function start(): Promise<Engine> {
  const backend = chooseBackend(window.location.search, softwareWebGl);
  await initCore({
    debug: {},
    rendering: {
      useGenericViewport: true,
      planar: {
        renderBackend: backend === "cpu" ? Enums.RenderBackends.CPU : Enums.RenderBackends.GPU,
        cpuVolume: { volumeModifiedThrottleMs: REPAINT_MS },
      },
    },
  });
  initLoader({
    maxWebWorkers: Math.min(4, Math.max(1, Math.floor(navigator.hardwareConcurrency / 2))),
    beforeSend: (_xhr: XMLHttpRequest, imageId: string) => Promise.resolve({ Accept: frameHeaders(imageId).accept }),
  });
  readPlainFrames();
  watchSpeed();
  volumeLoader.registerVolumeLoader("cornerstoneStreamingImageVolume", cornerstoneStreamingImageVolumeLoader as never);
  loadFromView();
  watchHand();
  hearFailures();
  initTools();
  setUpTools();
  registerColourMaps();
  utilities.HistoryMemo.DefaultHistoryMemo.size = HISTORY_STEPS;
  return { backend, rendering: new RenderingEngine(ENGINE_ID) };
}

function setUpTools(): void {
  for (const tool of [PanTool, ZoomTool]) {
    addTool(tool);
  }
  makeGroup(TOOL_GROUP_ID, [PanTool, ZoomTool]);
  makeGroup(VIEW_GROUP_ID, [PanTool, ZoomTool]);
}

function makeGroup(id: string, tools: readonly { toolName: string }[]): void {
  const group = ToolGroupManager.createToolGroup(id);
  if (!group) {
    throw new Error("The tool group exists already");
  }
  for (const tool of tools) {
    group.addTool(tool.toolName);
  }
}
