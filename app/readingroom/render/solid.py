"""A volume in three dimensions by VTK off the screen: rays on the CPU anywhere, on the graphics card where there is one."""

import ctypes
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.log import LOG
from readingroom.display.solid import Box, SolidView
from readingroom.display.transfer import Transfer
from readingroom.geometry.plane import Plane
from readingroom.geometry.reformat import sum_of
from readingroom.pixels.drawn import Drawn

SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "software", "swr", "gdi generic", "basic render")
RAY_STEPS = 0.9
"""Samples along a ray, in voxels, of a picture at rest."""
FAR_MM = 4000.0


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Triangles of a segment in LPS millimetres: points (n, 3) float32, corners (m, 3) int64, sRGB."""

    points: NDArray[np.float32]
    corners: NDArray[np.int64]
    colour: tuple[int, int, int]
    alpha: float = 0.75


@dataclass(frozen=True, slots=True)
class Haste:
    """image: device pixels that share one ray, each way; ray: how much farther apart samples lie. shaded: with light."""

    image: int = 1
    ray: float = 1.0


HASTY = Haste(3, 2.0)
"""While the hand moves."""


def let_go_of_memory() -> None:
    """Have the C library give back what scenes that are gone took; each thread that drew keeps tens of megabytes else."""
    if sys.platform.startswith("linux"):
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


class Solid:
    """One scene; everything but `abort` belongs to the thread that made it. The words are shared with VTK, not copied.

    engine: "auto", "cpu" or "gpu" as for planes. ReaderError where no off-screen picture can be made at all.
    """

    def __init__(self, drawn: Drawn, slope: float, intercept: float, engine: str = "auto") -> None:
        import vtkmodules.vtkRenderingOpenGL2
        import vtkmodules.vtkRenderingVolumeOpenGL2  # noqa: F401  (brings the mappers' other halves)
        from vtkmodules.vtkCommonCore import vtkLogger
        from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow, vtkVolume, vtkVolumeProperty

        # A machine without a display is no fault that a terminal need hear of: VTK then draws without one.
        vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)
        self._drawn, self._slope, self._intercept = drawn, slope, intercept
        self._window, self._renderer = vtkRenderWindow(), vtkRenderer()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        if not self._window.SupportsOpenGL():
            raise ReaderError(
                "This computer has no OpenGL, not even by software.", "Install a graphics driver, or read the planes."
            )
        self._window.AddRenderer(self._renderer)
        self._image = _image(drawn)
        self._volume, self._property = vtkVolume(), vtkVolumeProperty()
        self.engine = self._engine_for(engine)
        self._mapper = self._new_mapper()
        self._volume.SetMapper(self._mapper)
        self._volume.SetProperty(self._property)
        self._volume.SetUserMatrix(_matrix(drawn.to_patient @ np.diag((*(1 / _spacing(drawn)), 1.0))))
        self._renderer.AddVolume(self._volume)
        self._property.SetInterpolationTypeToLinear()
        self._transfer: Transfer | None = None
        self._actors: list[tuple[Any, float]] = []
        self._aborted = False

    @property
    def note(self) -> str:
        """What a reader must know of the voxels drawn."""
        return self._drawn.note

    def render(self, view: SolidView, plane: Plane, haste: Haste | None = None) -> NDArray[np.uint8]:
        """The picture that fills a plane (display.solid.solid_plane), RGB (rows, columns, 3); Cancelled after `abort`."""
        haste = haste or Haste()
        self._aborted = False
        self._window.SetSize(plane.columns, plane.rows)
        self._light(view.transfer)
        self._clip(view.clip)
        self._stand(view, plane)
        self._sample(haste)
        drawn = self._cast(plane)
        clear = [actor for actor, alpha in self._actors if alpha < 1]
        if not clear or haste != Haste():
            return drawn
        # VTK lays all that is translucent below the volume, wherever it stands: it is drawn solid, then mixed.
        for actor in clear:
            actor.VisibilityOff()
        try:
            behind = self._cast(plane)
        finally:
            for actor in clear:
                actor.VisibilityOn()
        share = min(alpha for _, alpha in self._actors)
        return np.floor(drawn * share + behind * (1 - share) + 0.5).astype(np.uint8)

    def _cast(self, plane: Plane) -> NDArray[np.uint8]:
        # The interpreter is free while VTK draws: the reader's thread goes on.
        self._window.Render()
        if self._aborted:
            raise Cancelled
        return self._picture(plane)

    def abort(self) -> None:
        """Stop a picture that is being drawn, from any thread."""
        self._aborted = True
        self._window.SetAbortRender(1)

    def show_surfaces(self, surfaces: Sequence[Surface]) -> None:
        """Segments as surfaces in the same space, in place of those before.

        At rest those that are not opaque are mixed, by the least of their alphas; in haste all are opaque.
        """
        for actor, _ in self._actors:
            self._renderer.RemoveActor(actor)
        self._actors = [(_actor(surface), surface.alpha) for surface in surfaces]
        for actor, _ in self._actors:
            self._renderer.AddActor(actor)

    def close(self) -> None:
        """Give back what the driver holds."""
        self._renderer.RemoveAllViewProps()
        self._window.RemoveRenderer(self._renderer)
        self._window.Finalize()

    def _engine_for(self, asked: str) -> str:
        if asked == "cpu":
            return "cpu"
        self._window.SetSize(8, 8)
        self._window.Render()
        said = self._window.ReportCapabilities().lower()
        software = "renderer string" not in said or any(name in said for name in SOFTWARE)
        fits = max(self._drawn.words.shape) <= 2048
        made = "gpu" if fits and (asked == "gpu" or not software) else "cpu"
        LOG.info("volume rendering by %s", made)
        return made

    def _new_mapper(self) -> Any:
        from vtkmodules.vtkRenderingVolume import vtkFixedPointVolumeRayCastMapper, vtkGPUVolumeRayCastMapper

        mapper = vtkGPUVolumeRayCastMapper() if self.engine == "gpu" else vtkFixedPointVolumeRayCastMapper()
        mapper.SetInputData(self._image)
        mapper.SetAutoAdjustSampleDistances(0)
        return mapper

    def _light(self, transfer: Transfer) -> None:
        if transfer == self._transfer:
            return
        from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
        from vtkmodules.vtkRenderingCore import vtkColorTransferFunction

        opacity, colour = vtkPiecewiseFunction(), vtkColorTransferFunction()
        for at, share in transfer.opacity:
            opacity.AddPoint(self._word(at), share)
        for at, (red, green, blue) in transfer.colour:
            colour.AddRGBPoint(self._word(at), red / 255, green / 255, blue / 255)
        self._property.SetScalarOpacity(opacity)
        self._property.SetColor(colour)
        self._property.SetScalarOpacityUnitDistance(1.0)
        shade = transfer.shade
        self._property.SetShade(shade is not None and transfer.blend == "composite")
        if shade is not None:
            self._property.SetAmbient(shade.ambient)
            self._property.SetDiffuse(shade.diffuse)
            self._property.SetSpecular(shade.specular)
            self._property.SetSpecularPower(shade.power)
        if transfer.blend == "max":
            self._mapper.SetBlendModeToMaximumIntensity()
        else:
            self._mapper.SetBlendModeToComposite()
        self._transfer = transfer

    def _word(self, value: float) -> float:
        return (value - self._intercept) / self._slope

    def _clip(self, box: Box | None) -> None:
        from vtkmodules.vtkCommonDataModel import vtkPlane

        self._mapper.RemoveAllClippingPlanes()
        for axis in range(3) if box is not None else ():
            for end, sign in ((box.low, 1.0), (box.high, -1.0)) if box is not None else ():
                plane, normal = vtkPlane(), [0.0, 0.0, 0.0]
                normal[axis] = sign
                plane.SetOrigin(end)
                plane.SetNormal(normal)
                self._mapper.AddClippingPlane(plane)

    def _stand(self, view: SolidView, plane: Plane) -> None:
        """Parallel rays, so that a millimetre is as long in front as behind."""
        camera = self._renderer.GetActiveCamera()
        camera.ParallelProjectionOn()
        camera.SetFocalPoint(view.centre_mm)
        camera.SetPosition(sum_of((view.centre_mm, 1.0), (view.look, -FAR_MM)))
        camera.SetViewUp([-part for part in view.column])
        camera.SetParallelScale(plane.rows * plane.spacing_mm[0] / 2)
        self._renderer.ResetCameraClippingRange()

    def _sample(self, haste: Haste) -> None:
        step = RAY_STEPS * float(_spacing(self._drawn).min()) * haste.ray
        self._mapper.SetImageSampleDistance(float(haste.image))
        self._mapper.SetSampleDistance(step)
        if self.engine == "cpu":
            self._mapper.SetInteractiveSampleDistance(step)

    def _picture(self, plane: Plane) -> NDArray[np.uint8]:
        from vtkmodules.util.numpy_support import vtk_to_numpy
        from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

        pixels = vtkUnsignedCharArray()
        self._window.GetRGBACharPixelData(0, 0, plane.columns - 1, plane.rows - 1, 0, pixels, 0)
        return np.ascontiguousarray(vtk_to_numpy(pixels).reshape(plane.rows, plane.columns, 4)[::-1, :, :3])


def _spacing(drawn: Drawn) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(drawn.to_patient[:3, :3], axis=0))


def _image(drawn: Drawn) -> Any:
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData

    image = vtkImageData()
    image.SetDimensions(*drawn.words.shape[::-1])
    image.SetSpacing(*_spacing(drawn))
    image.GetPointData().SetScalars(numpy_to_vtk(drawn.words.ravel(), deep=False))
    return image


def _matrix(values: NDArray[np.float64]) -> Any:
    from vtkmodules.vtkCommonMath import vtkMatrix4x4

    made = vtkMatrix4x4()
    made.DeepCopy(values.ravel().tolist())
    return made


def _actor(surface: Surface) -> Any:
    from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
    from vtkmodules.vtkCommonCore import vtkPoints
    from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

    points, cells, shape = vtkPoints(), vtkCellArray(), vtkPolyData()
    points.SetData(numpy_to_vtk(np.ascontiguousarray(surface.points), deep=True))
    faces = np.column_stack((np.full(len(surface.corners), 3), surface.corners)).astype(np.int64)
    cells.ImportLegacyFormat(numpy_to_vtkIdTypeArray(faces.ravel(), deep=True))
    shape.SetPoints(points)
    shape.SetPolys(cells)
    mapper, actor = vtkPolyDataMapper(), vtkActor()
    mapper.SetInputData(shape)
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*(part / 255 for part in surface.colour))
    actor.GetProperty().SetInterpolationToPhong()
    return actor
