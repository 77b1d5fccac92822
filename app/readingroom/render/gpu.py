"""The GPU engine: one shader on one off-screen OpenGL 3.3 context for the whole program. The one file of Qt here.

There is no picture of its own on the screen: finished pixels are read back, and painted like those of the CPU engine.
"""

import atexit
import sys
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import (
    QGuiApplication,
    QMatrix4x4,
    QOffscreenSurface,
    QOpenGLContext,
    QOpenGLExtraFunctions,
    QSurfaceFormat,
)
from PySide6.QtOpenGL import (
    QOpenGLFramebufferObject,
    QOpenGLFramebufferObjectFormat,
    QOpenGLPixelTransferOptions,
    QOpenGLShader,
    QOpenGLShaderProgram,
    QOpenGLTexture,
    QOpenGLVertexArrayObject,
)
from shiboken6 import VoidPtr

from readingroom.base.errors import ReaderError
from readingroom.base.log import LOG
from readingroom.display.picture import Layer
from readingroom.pixels.table import FineTable
from readingroom.render.engine import Engine, colour_table, is_plain_grey, reach, sampling_matrix
from readingroom.render.pyramid import Pyramids
from readingroom.render.shader import VERTEX, fragment, is_padded
from readingroom.render.steep import SteepTables

_GL_RENDERER = 0x1F01
_GL_MAX_TEXTURE_SIZE, _GL_MAX_3D_TEXTURE_SIZE = 0x0D33, 0x8073
_GL_BLEND, _GL_SRC_ALPHA, _GL_ONE_MINUS_SRC_ALPHA, _GL_ONE = 0x0BE2, 0x0302, 0x0303, 1
_GL_COLOR_BUFFER_BIT, _GL_TRIANGLES, _GL_PACK_ALIGNMENT = 0x4000, 4, 0x0D05
_GL_R8, _GL_RGBA8, _GL_RED, _GL_RGBA, _GL_UNSIGNED_BYTE = 0x8229, 0x8058, 0x1903, 0x1908, 0x1401
_SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "swrast", "gdi generic", "microsoft basic")
_TABLES_KEPT, _CANVASES_KEPT = 32, 8
_UNIFORMS = (
    "pixels",
    "grey",
    "fine",
    "fine_place",
    "padding",
    "to_voxel",
    "extent",
    "samples",
    "reach",
    "alpha",
    "hidden",
)
_FINE_WIDTH = 1024


class GpuEngine:
    """Textures of what was drawn last are kept within budget_bytes; what does not fit, `otherwise` draws.

    ReaderError where there is no OpenGL 3.3. Everything on the thread that made it.
    """

    name = "gpu"
    _closed = True

    def __init__(self, otherwise: Engine, budget_bytes: int = 1 << 30) -> None:
        self._application = _application()
        self._otherwise, self._budget = otherwise, budget_bytes
        self._surface, self._context = _off_screen()
        self._gl = QOpenGLExtraFunctions(self._context)
        self._gl.initializeOpenGLFunctions()
        self._corners = QOpenGLVertexArrayObject()
        self._corners.create()
        self._unaligned = QOpenGLPixelTransferOptions()
        self._unaligned.setAlignment(1)
        self._programs: dict[str, tuple[QOpenGLShaderProgram, dict[str, int]]] = {}
        self._pixels: OrderedDict[int, tuple[weakref.ref[NDArray[Any]], QOpenGLTexture, int]] = OrderedDict()
        self._tables: OrderedDict[int, tuple[NDArray[np.uint8], QOpenGLTexture]] = OrderedDict()
        self._fine_tables: OrderedDict[int, tuple[FineTable, QOpenGLTexture]] = OrderedDict()
        self._canvases: OrderedDict[tuple[int, int, bool], QOpenGLFramebufferObject] = OrderedDict()
        self._pyramids = Pyramids()
        self._steep = SteepTables()
        self.renderer = str(self._gl.glGetString(_GL_RENDERER))
        self._largest = {False: self._limit(_GL_MAX_TEXTURE_SIZE), True: self._limit(_GL_MAX_3D_TEXTURE_SIZE)}
        self._closed = False
        # Before Qt's own farewell, which was registered when it was imported: without a context nothing can be freed.
        atexit.register(_close, weakref.ref(self))

    @property
    def is_software(self) -> bool:
        """Whether a CPU does the graphics card's work, and slower than the CPU engine does."""
        return any(name in self.renderer.lower() for name in _SOFTWARE)

    def render(self, layers: Sequence[Layer], width: int, height: int) -> NDArray[np.uint8]:
        """The layers from bottom to top, as the contract of every engine says."""
        layers = [self._pyramids.fitted(layer) for layer in layers]
        if not all(self._fits(layer) for layer in layers) or max(width, height) > self._largest[False]:
            return self._otherwise.render(layers, width, height)
        if not self._context.makeCurrent(self._surface):
            LOG.warning("the graphics card was lost; this picture is drawn by the CPU")
            return self._otherwise.render(layers, width, height)
        grey = is_plain_grey(layers)
        canvas = self._canvas(width, height, grey)
        canvas.bind()
        self._gl.glViewport(0, 0, width, height)
        self._gl.glClearColor(0.0, 0.0, 0.0, 1.0)
        self._gl.glClear(_GL_COLOR_BUFFER_BIT)
        self._gl.glEnable(_GL_BLEND)
        self._gl.glBlendFuncSeparate(_GL_SRC_ALPHA, _GL_ONE_MINUS_SRC_ALPHA, _GL_ONE, _GL_ONE_MINUS_SRC_ALPHA)
        self._corners.bind()
        for n, layer in enumerate(layers):
            self._draw(layer, bottom=n == 0)
        out = np.empty((height, width) if grey else (height, width, 4), np.uint8)
        self._gl.glPixelStorei(_GL_PACK_ALIGNMENT, 1)
        self._gl.glReadPixels(
            0, 0, width, height, _GL_RED if grey else _GL_RGBA, _GL_UNSIGNED_BYTE,
            _address(out),
        )  # fmt: skip
        trouble = self._gl.glGetError()
        canvas.release()
        if trouble:
            LOG.warning("OpenGL error %#x; this picture is drawn by the CPU", trouble)
            return self._otherwise.render(layers, width, height)
        return out

    def close(self) -> None:
        """Give the graphics card's memory back; the engine draws no more. Closing twice changes nothing."""
        if self._closed:
            return
        self._closed = True
        if self._context.makeCurrent(self._surface):
            self._programs.clear()
            for _, texture, _ in self._pixels.values():
                texture.destroy()
            for _, texture in (*self._tables.values(), *self._fine_tables.values()):
                texture.destroy()
            self._corners.destroy()
        self._pixels.clear()
        self._tables.clear()
        self._fine_tables.clear()
        self._canvases.clear()
        self._context.doneCurrent()

    def __del__(self) -> None:
        self.close()

    def _limit(self, which: int) -> int:
        found: Any = self._gl.glGetIntegerv(which)
        return int(found)

    def _fits(self, layer: Layer) -> bool:
        return max(layer.extent) <= self._largest[layer.is_volume] and layer.pixels.nbytes <= self._budget

    def _draw(self, layer: Layer, bottom: bool) -> None:
        steep = self._steep.is_steep(layer)
        program, where = self._program(fragment(layer, bottom, steep))
        program.bind()
        self._texture(layer).bind(0)
        if layer.table is not None:
            self._table(layer.table).bind(1)
        matrix = [float(part) for part in sampling_matrix(layer).ravel()]
        gl = self._gl
        gl.glUniform1i(where["pixels"], 0)
        gl.glUniform1i(where["grey"], 1)
        if steep and layer.fine is not None:
            self._fine_table(layer.fine).bind(2)
            gl.glUniform1i(where["fine"], 2)
            gl.glUniform2i(where["fine_place"], layer.fine.first, layer.fine.greys.size)
        if is_padded(layer) and layer.padding is not None:
            gl.glUniform2i(where["padding"], *(_word(end * layer.parts) for end in layer.padding))
        mask = None if layer.hidden is None else _byte_texture(layer.hidden, self._unaligned)
        if mask is not None:
            mask.bind(3)
            gl.glUniform1i(where["hidden"], 3)
        program.setUniformValue(where["to_voxel"], QMatrix4x4(*matrix))
        gl.glUniform3i(where["extent"], *layer.extent)
        gl.glUniform1i(where["samples"], layer.slab[1])
        gl.glUniform1f(where["reach"], reach(layer))
        gl.glUniform1f(where["alpha"], layer.alpha)
        gl.glDrawArrays(_GL_TRIANGLES, 0, 3)
        program.release()
        if mask is not None:
            mask.destroy()

    def _program(self, source: str) -> tuple[QOpenGLShaderProgram, dict[str, int]]:
        known = self._programs.get(source)
        if known is None:
            program = QOpenGLShaderProgram()
            built = (
                program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Vertex, VERTEX)
                and program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Fragment, source)
                and program.link()
            )
            if not built:
                raise ReaderError(
                    f"The graphics driver cannot compile the shader: {program.log().strip()}",
                    'Update the driver, or set [display] engine = "cpu".',
                )
            known = program, {name: program.uniformLocation(name) for name in _UNIFORMS}
            self._programs[source] = known
        return known

    def _texture(self, layer: Layer) -> QOpenGLTexture:
        pixels = layer.pixels
        known = self._pixels.get(id(pixels))
        if known is not None and known[0]() is pixels:
            self._pixels.move_to_end(id(pixels))
            return known[1]
        self._make_room(pixels.nbytes, id(pixels))
        texture = _uploaded(layer, self._unaligned)
        self._pixels[id(pixels)] = (weakref.ref(pixels), texture, pixels.nbytes)
        return texture

    def _make_room(self, needed: int, name: int) -> None:
        """Drop what is gone, what `name` meant before, and then the least recently drawn, until `needed` bytes fit."""
        for gone in [n for n, (of, _, _) in self._pixels.items() if of() is None or n == name]:
            self._pixels.pop(gone)[1].destroy()
        held = sum(size for _, _, size in self._pixels.values())
        while self._pixels and held + needed > self._budget:
            _, (_, texture, size) = self._pixels.popitem(last=False)
            texture.destroy()
            held -= size

    def _table(self, table: NDArray[np.uint8]) -> QOpenGLTexture:
        known = self._tables.get(id(table))
        if known is not None:
            self._tables.move_to_end(id(table))
            return known[1]
        texture = _new_texture((256, 256), QOpenGLTexture.TextureFormat.RGBA8U)
        order, word = QOpenGLTexture.PixelFormat.RGBA_Integer, QOpenGLTexture.PixelType.UInt8
        _fill(texture, (256, 256, 1), order, word, colour_table(table), self._unaligned)
        # The table itself is kept with it, so that its identity stays its own.
        self._tables[id(table)] = (table, texture)
        while len(self._tables) > _TABLES_KEPT:
            self._tables.popitem(last=False)[1][1].destroy()
        return texture

    def _fine_table(self, table: FineTable) -> QOpenGLTexture:
        known = self._fine_tables.get(id(table))
        if known is not None:
            self._fine_tables.move_to_end(id(table))
            return known[1]
        lines = -(-table.greys.size // _FINE_WIDTH)
        whole = np.zeros((lines, _FINE_WIDTH), np.uint8)
        whole.ravel()[: table.greys.size] = table.greys
        texture = _byte_texture(whole, self._unaligned)
        self._fine_tables[id(table)] = (table, texture)
        while len(self._fine_tables) > _TABLES_KEPT:
            self._fine_tables.popitem(last=False)[1][1].destroy()
        return texture

    def _canvas(self, width: int, height: int, grey: bool) -> QOpenGLFramebufferObject:
        size = (width, height, grey)
        known = self._canvases.get(size)
        if known is None:
            how = QOpenGLFramebufferObjectFormat()
            how.setInternalTextureFormat(_GL_R8 if grey else _GL_RGBA8)
            known = QOpenGLFramebufferObject(width, height, how)
            self._canvases[size] = known
            while len(self._canvases) > _CANVASES_KEPT:
                self._canvases.popitem(last=False)
        self._canvases.move_to_end(size)
        return known


def _word(value: int) -> int:
    """A value as a uniform can hold it."""
    return max(-(1 << 31), min(value, (1 << 31) - 1))


def _close(of: "weakref.ref[GpuEngine]") -> None:
    engine = of()
    if engine is not None:
        engine.close()


def _application() -> QGuiApplication:
    """The program's Qt application; a headless verb gets one of its own that needs no display.

    Qt ends the whole program where its usual platform finds no display; the off-screen one only finds no OpenGL.
    """
    running = QGuiApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    platform = ["-platform", "offscreen"] if sys.platform.startswith("linux") else []
    return QGuiApplication(["readingroom", *platform])


def _off_screen() -> tuple[QOffscreenSurface, QOpenGLContext]:
    how = QSurfaceFormat()
    how.setVersion(3, 3)
    how.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    surface = QOffscreenSurface()
    surface.setFormat(how)
    surface.create()
    context = QOpenGLContext()
    context.setFormat(how)
    made = context.create() and surface.isValid() and context.makeCurrent(surface)
    if not made or (context.format().majorVersion(), context.format().minorVersion()) < (3, 3):
        raise ReaderError(
            "This machine offers no OpenGL 3.3.", "Install the graphics driver; the CPU engine draws alike."
        )
    return surface, context


def _new_texture(size: tuple[int, ...], kind: QOpenGLTexture.TextureFormat) -> QOpenGLTexture:
    target = QOpenGLTexture.Target.Target3D if len(size) == 3 else QOpenGLTexture.Target.Target2D
    texture = QOpenGLTexture(target)
    texture.setFormat(kind)
    texture.setSize(*size)
    texture.setMipLevels(1)
    texture.setMinMagFilters(QOpenGLTexture.Filter.Nearest, QOpenGLTexture.Filter.Nearest)
    texture.setWrapMode(QOpenGLTexture.WrapMode.ClampToEdge)
    return texture


def _byte_texture(bytes_: NDArray[np.uint8], how: QOpenGLPixelTransferOptions) -> QOpenGLTexture:
    """Bytes (rows, columns) as they are on the card."""
    rows, columns = bytes_.shape
    texture = _new_texture((columns, rows), QOpenGLTexture.TextureFormat.R8U)
    order, word = QOpenGLTexture.PixelFormat.Red_Integer, QOpenGLTexture.PixelType.UInt8
    _fill(texture, (columns, rows, 1), order, word, np.ascontiguousarray(bytes_), how)
    return texture


def _uploaded(layer: Layer, how: QOpenGLPixelTransferOptions) -> QOpenGLTexture:
    """The layer's pixels as integers on the card, every bit of them."""
    formats, types, orders = QOpenGLTexture.TextureFormat, QOpenGLTexture.PixelType, QOpenGLTexture.PixelFormat
    if layer.is_colour:
        kind, word, order = formats.RGB8U, types.UInt8, orders.RGB_Integer
    else:
        kind, word = {
            "int16": (formats.R16I, types.Int16), "uint16": (formats.R16U, types.UInt16),
            "int32": (formats.R32I, types.Int32), "uint32": (formats.R32U, types.UInt32),
        }[layer.pixels.dtype.name]  # fmt: skip
        order = orders.Red_Integer
    texture = _new_texture(layer.extent if layer.is_volume else layer.extent[:2], kind)
    _fill(texture, layer.extent, order, word, np.ascontiguousarray(layer.pixels), how)
    return texture


def _fill(
    texture: QOpenGLTexture,
    size: tuple[int, int, int],
    order: QOpenGLTexture.PixelFormat,
    word: QOpenGLTexture.PixelType,
    pixels: NDArray[Any],
    how: QOpenGLPixelTransferOptions,
) -> None:
    texture.allocateStorage(order, word)
    texture.setData(0, 0, 0, *size, order, word, _address(pixels), how)


def _address(array: NDArray[Any]) -> Any:
    """Where an array lies, as Qt takes it; its stubs say a number, and miss that it may be written to."""
    pointer: Any = VoidPtr
    return pointer(array.ctypes.data, array.nbytes, True)
