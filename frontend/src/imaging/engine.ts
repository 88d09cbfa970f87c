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
import {
  LengthTool,
  PanTool,
  ToolGroupManager,
  ZoomTool,
  addTool,
  annotation,
  init as initTools,
} from "@cornerstonejs/tools";

import type { Backend } from "./types";

const ENGINE_ID = "fiducial";
export const TOOL_GROUP_ID = "fiducial";
export const HISTORY_STEPS = 100;

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
        cpuVolume: { volumeModifiedThrottleMs: 5000 },
      },
    },
  });
  initLoader({ maxWebWorkers: Math.min(4, Math.max(1, Math.floor(navigator.hardwareConcurrency / 2))) });
  volumeLoader.registerVolumeLoader("cornerstoneStreamingImageVolume", cornerstoneStreamingImageVolumeLoader as never);
  initTools();
  setUpTools();
  utilities.HistoryMemo.DefaultHistoryMemo.size = HISTORY_STEPS;
  return { backend, rendering: new RenderingEngine(ENGINE_ID) };
}

function setUpTools(): void {
  for (const tool of [PanTool, ZoomTool, LengthTool]) {
    addTool(tool);
  }
  const group = ToolGroupManager.createToolGroup(TOOL_GROUP_ID);
  if (!group) {
    throw new Error("The tool group exists already");
  }
  for (const tool of [PanTool, ZoomTool, LengthTool]) {
    group.addTool(tool.toolName);
  }
  const style = annotation.config.style.getDefaultToolStyles();
  annotation.config.style.setDefaultToolStyles({
    ...style,
    global: {
      ...style["global"],
      color: "rgb(53, 184, 184)",
      colorHighlighted: "rgb(152, 218, 218)",
      colorSelected: "rgb(152, 218, 218)",
      textBoxColor: "rgb(215, 219, 224)",
      textBoxFontFamily: "system-ui, sans-serif",
      textBoxFontSize: "13px",
      lineWidth: "1.5",
      shadow: true,
    },
  });
}
