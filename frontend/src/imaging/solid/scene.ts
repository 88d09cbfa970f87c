/** The picture of a 3-D pane, drawn by vtk.js. Loaded when the first such pane is opened. */

import "@kitware/vtk.js/Rendering/OpenGL/Profiles/Geometry.js";
import "@kitware/vtk.js/Rendering/OpenGL/Profiles/Volume.js";

import vtkDataArray from "@kitware/vtk.js/Common/Core/DataArray.js";
import vtkImageData from "@kitware/vtk.js/Common/DataModel/ImageData.js";
import vtkPiecewiseFunction from "@kitware/vtk.js/Common/DataModel/PiecewiseFunction.js";
import Plane from "@kitware/vtk.js/Common/DataModel/Plane.js";
import vtkPolyData from "@kitware/vtk.js/Common/DataModel/PolyData.js";
import vtkActor from "@kitware/vtk.js/Rendering/Core/Actor.js";
import vtkColorTransferFunction from "@kitware/vtk.js/Rendering/Core/ColorTransferFunction.js";
import vtkMapper from "@kitware/vtk.js/Rendering/Core/Mapper.js";
import vtkRenderer from "@kitware/vtk.js/Rendering/Core/Renderer.js";
import vtkRenderWindow from "@kitware/vtk.js/Rendering/Core/RenderWindow.js";
import vtkRenderWindowInteractor from "@kitware/vtk.js/Rendering/Core/RenderWindowInteractor.js";
import vtkVolume from "@kitware/vtk.js/Rendering/Core/Volume.js";
import vtkVolumeMapper from "@kitware/vtk.js/Rendering/Core/VolumeMapper.js";
import vtkOpenGLRenderWindow from "@kitware/vtk.js/Rendering/OpenGL/RenderWindow.js";

import { add, scale, type Grid } from "../grid";
import type { LabelStyle, Vec3 } from "../types";
import { depths, type Eye } from "./camera";
import type { Transfer } from "./presets";
import type { Reduced } from "./reduce";
import type { SurfaceMesh } from "./surfaceWorker";
import type { Surface } from "./surfaces";

/** How much work a picture may be. */
export interface Quality {
  /** Pixels drawn for each pixel of the pane. */
  readonly resolution: number;
  /** Steps along a ray, in voxels. */
  readonly step: number;
  readonly shaded: boolean;
  /** Stand still until the picture is there: a processor that draws must not be asked for the next one before. */
  readonly waits: boolean;
}

/** A half space that is shown: the side that `normal` points to. */
export interface Cut {
  readonly point: Vec3;
  readonly normal: Vec3;
}

export class Scene {
  private readonly renderer = vtkRenderer.newInstance();
  private readonly window = vtkRenderWindow.newInstance();
  private readonly view = vtkOpenGLRenderWindow.newInstance();
  private readonly interactor = vtkRenderWindowInteractor.newInstance();
  private readonly mapper = vtkVolumeMapper.newInstance();
  private readonly volume = vtkVolume.newInstance();
  private readonly actors = new Map<SurfaceMesh, vtkActor>();
  private grid: Grid | null = null;
  private shaded = false;

  constructor(element: HTMLElement) {
    this.window.addRenderer(this.renderer);
    this.window.addView(this.view);
    this.view.setContainer(element);
    this.interactor.setView(this.view); // the volume mapper asks it whether something moves; it listens to nothing
    const canvas = this.view.getCanvas();
    if (canvas) {
      canvas.style.cssText = "position:absolute;inset:0;width:100%;height:100%";
    }
    this.mapper.setAutoAdjustSampleDistances(false);
    this.mapper.setMaximumSamplesPerRay(4000);
    this.volume.setMapper(this.mapper);
    this.volume.setVisibility(false);
    this.renderer.addVolume(this.volume);
  }

  dispose(): void {
    this.view.getCanvas()?.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
    this.view.setContainer(null as never);
    for (const part of [
      this.volume,
      this.mapper,
      ...this.actors.values(),
      this.renderer,
      this.interactor,
      this.window,
      this.view,
    ]) {
      part.delete();
    }
  }

  /** The voxels to draw. */
  setVolume({ grid, values }: Reduced): void {
    this.grid = grid;
    const image = vtkImageData.newInstance();
    image.setDimensions([...grid.size]);
    image.setSpacing([...grid.spacing]);
    image.setOrigin([...grid.origin]);
    image.setDirection(grid.axes.flat() as never);
    image.getPointData().setScalars(vtkDataArray.newInstance({ values, numberOfComponents: 1, name: "values" }));
    this.mapper.setInputData(image);
  }

  /** How the voxels look; null hides them. */
  setTransfer(transfer: Transfer | null): void {
    this.volume.setVisibility(transfer !== null && this.grid !== null);
    if (!transfer) {
      this.renderer.setBackground([0, 0, 0]);
      return;
    }
    const colours = vtkColorTransferFunction.newInstance();
    transfer.colours.forEach(([value, red, green, blue]) => colours.addRGBPoint(value, red, green, blue));
    const opacity = vtkPiecewiseFunction.newInstance();
    transfer.opacity.forEach(([value, alpha]) => opacity.addPoint(value, alpha));
    const property = this.volume.getProperty();
    property.setRGBTransferFunction(0, colours);
    property.setScalarOpacity(0, opacity);
    property.setScalarOpacityUnitDistance(0, 1.5);
    property.setInterpolationTypeToLinear();
    property.setAmbient(0.25);
    property.setDiffuse(0.8);
    property.setSpecular(0.15);
    property.setSpecularPower(10);
    this.shaded = transfer.shaded;
    if (transfer.blend === "maximum") {
      this.mapper.setBlendModeToMaximumIntensity();
    } else {
      this.mapper.setBlendModeToComposite();
    }
    this.renderer.setBackground([...transfer.ground]);
  }

  setCuts(cuts: readonly Cut[]): void {
    this.mapper.removeAllClippingPlanes();
    for (const { point, normal } of cuts) {
      this.mapper.addClippingPlane(Plane.newInstance({ origin: [...point], normal: [...normal] }));
    }
  }

  /** Show these surfaces and no others, as their labels look. */
  setSurfaces(surfaces: readonly Surface[], styles: ReadonlyMap<number, LabelStyle>): void {
    const wanted = new Set(surfaces.map(({ mesh }) => mesh));
    for (const [mesh, actor] of this.actors) {
      if (!wanted.has(mesh)) {
        this.renderer.removeActor(actor);
        actor.getMapper()?.delete();
        actor.delete();
        this.actors.delete(mesh);
      }
    }
    for (const { value, mesh } of surfaces) {
      const actor = this.actors.get(mesh) ?? this.addActor(mesh);
      const style = styles.get(value);
      const property = actor.getProperty();
      const rgb = [1, 3, 5].map((at) => parseInt((style?.colour ?? "#ffffff").slice(at, at + 2), 16) / 255);
      property.setColor(rgb[0] ?? 1, rgb[1] ?? 1, rgb[2] ?? 1);
      property.setOpacity(style?.opacity ?? 1);
      actor.setVisibility(style?.visible ?? true);
    }
  }

  private addActor(mesh: SurfaceMesh): vtkActor {
    const data = vtkPolyData.newInstance();
    data.getPoints().setData(mesh.points, 3);
    data.getPolys().setData(mesh.triangles);
    data
      .getPointData()
      .setNormals(vtkDataArray.newInstance({ values: mesh.normals, numberOfComponents: 3, name: "Normals" }));
    const mapper = vtkMapper.newInstance();
    mapper.setScalarVisibility(false);
    mapper.setInputData(data);
    const actor = vtkActor.newInstance();
    actor.setMapper(mapper);
    actor.getProperty().setAmbient(0.2);
    actor.getProperty().setDiffuse(0.8);
    actor.getProperty().setSpecular(0.2);
    actor.getProperty().setSpecularPower(20);
    this.renderer.addActor(actor);
    this.actors.set(mesh, actor);
    return actor;
  }

  /** Draw. `reach`: the grid whose depth is cut by the share `front` on the viewer's side. */
  draw(eye: Eye, reach: Grid, front: number, size: readonly [number, number], quality: Quality): void {
    const [width, height] = size.map((pixels) => Math.max(1, Math.round(pixels * quality.resolution)));
    const [near, far] = depths(reach, eye);
    const back = far - near + 10;
    const camera = this.renderer.getActiveCamera();
    camera.setParallelProjection(true);
    camera.setParallelScale(eye.halfHeight);
    camera.setFocalPoint(...(eye.centre as [number, number, number]));
    camera.setPosition(...(add(eye.centre, scale(eye.direction, near - back)) as [number, number, number]));
    camera.setViewUp(...(eye.up as [number, number, number]));
    camera.setClippingRange(back - 1 + front * (far - near), back + (far - near) + 1);
    this.volume.getProperty().setShade(this.shaded && quality.shaded);
    if (this.grid) {
      this.mapper.setSampleDistance(quality.step * Math.min(...this.grid.spacing));
    }
    this.view.setSize(width ?? 1, height ?? 1);
    this.view.traverseAllPasses(); // not by the window: it leaves drawing to its interactor
    if (quality.waits) {
      const pixel = new Uint8Array(4);
      const context = this.view.getCanvas()?.getContext("webgl2");
      context?.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, pixel);
    }
  }
}
