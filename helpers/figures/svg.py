"""A matplotlib backend that writes SVG whose text is text, shown in the reader's own fonts.

matplotlib lays text out by the widths that its renderer tells, and usually measures a font
for them: where that font lacks Japanese, Korean or Chinese letters it draws boxes. This
renderer estimates widths from the letters alone, so titles, ticks, legends and layout engines
work with any script and no font. Short mathematics ("次元数 $d_k$") becomes text as well;
long mathematics is drawn by matplotlib's mathtext, with the letters beside it still as text.

Relied on, all of it public (tried with matplotlib 3.8 to 3.11): `RendererBase` and its methods
`draw_path`, `draw_text`, `draw_image`, `get_text_width_height_descent`, `points_to_pixels`,
`get_canvas_width_height`, `option_scale_image`; `GraphicsContextBase`'s getters;
`Path.iter_segments`; `MixedModeRenderer`; `FigureCanvasSVG.print_svg`; `register_backend`;
and that a module named in MPLBACKEND as "module://..." is a backend. Nothing is patched. One
name is internal: matplotlib 3.11 asks a font for the height of a line unless a renderer has
`_get_font_height_metrics`; older versions ask this
renderer, and get the same answer.

`helpers.figures.plain` makes it the backend of a reader's own figures.
"""

import base64
import codecs
import io
import math
from xml.sax.saxutils import escape, quoteattr

from matplotlib import cbook
from matplotlib.backend_bases import FigureManagerBase, RendererBase, register_backend
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex

from helpers.figures.letters import pieces, spans, width
from helpers.language import LANGUAGES, get_language, visible

# Whatever is drawn in this colour takes the colour of the text around the figure.
INK = "#010203"
FONTS = {"sans-serif": "system-ui, sans-serif", "monospace": "ui-monospace, monospace"}
ASCENT, DESCENT = 0.94, 0.22  # of a line, in ems; digits stand in the middle between them


def px(value: float) -> str:
    """A coordinate to a tenth of a pixel; a value between two tenths always goes up."""
    return f"{math.floor(value * 10 + 0.501) / 10:.1f}".removesuffix(".0")


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


class TextRenderer(RendererBase):
    """Write what matplotlib draws as compact SVG, one unit to the dot of the figure."""

    def __init__(self, width, height, dpi, write):
        super().__init__()
        self.width, self.height, self.dpi, self.write = width, height, dpi, write
        self.clips = {}
        self.hatches = {}
        self.last, self.joined = None, ""

    # What layout asks

    def points_to_pixels(self, points):
        return points * self.dpi / 72

    def get_canvas_width_height(self):
        return self.width, self.height

    def get_text_width_height_descent(self, s, prop, ismath):
        if ismath == "TeX":
            return super().get_text_width_height_descent(s, prop, ismath)
        size = self._size(prop)
        total, up, down = 0.0, ASCENT * size, DESCENT * size
        for piece, is_drawn in pieces(s, bool(ismath)):
            if is_drawn:
                wide, high, deep = super().get_text_width_height_descent(piece, prop, True)
                up, down = max(up, high - deep), max(down, deep)
            else:
                wide = width(piece, size, bool(ismath)) * (1.06 if self._is_bold(prop) else 1)
            total += wide
        return total, up + down, down

    def _get_font_height_metrics(self, prop):
        size = self._size(prop)
        return ASCENT * size, DESCENT * size, 0.2 * ASCENT * size

    def _size(self, prop) -> float:
        return self.points_to_pixels(prop.get_size_in_points())

    def _is_bold(self, prop) -> bool:
        return str(prop.get_weight()) in ("bold", "heavy", "black", "semibold", "demibold") or (
            isinstance(prop.get_weight(), int | float) and prop.get_weight() >= 600
        )

    # Text

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if ismath == "TeX":
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        total = self.get_text_width_height_descent(s, prop, ismath)[0]
        parts = pieces(s, bool(ismath))
        turn = math.radians(angle)

        def along(distance):
            return x + distance * math.cos(turn), y - distance * math.sin(turn)

        if len(parts) == 1 and not parts[0][1]:
            # The reader's font is narrower or wider than the estimate: hold on to the end that
            # matters.
            side = mtext.get_horizontalalignment() if mtext is not None else "left"
            share = {"center": 0.5, "right": 1.0}.get(side, 0.0)
            self._write_text(gc, *along(share * total), s, prop, angle, bool(ismath), share)
            return
        at = 0.0
        for piece, is_drawn in parts:
            if is_drawn:
                super().draw_text(gc, *along(at), piece, prop, angle, True, mtext)
                at += super().get_text_width_height_descent(piece, prop, True)[0]
            else:
                self._write_text(gc, *along(at), piece, prop, angle, bool(ismath), 0.0)
                at += width(piece, self._size(prop), bool(ismath))

    def _write_text(self, gc, x, y, s, prop, angle, ismath, share):
        self._flush()
        out = f'<text x="{px(x)}" y="{px(y)}" font-size="{_number(self._size(prop))}"'
        if share:
            out += ' text-anchor="middle"' if share == 0.5 else ' text-anchor="end"'
        colour, opacity = self._colour(gc.get_rgb())
        if gc.get_alpha() is not None and gc.get_alpha() != 1:
            opacity = gc.get_alpha()
        if colour != "currentColor":
            out += f' fill="{colour}"'
        if opacity != 1:
            out += f' fill-opacity="{_number(opacity)}"'
        if self._is_bold(prop):
            out += ' font-weight="600"'
        if prop.get_style() != "normal":
            out += f' font-style="{prop.get_style()}"'
        family = prop.get_family()
        if list(family) != ["sans-serif"]:
            names = ", ".join(FONTS.get(name, name) for name in family)
            out += f" font-family={quoteattr(names)}"
        if angle:
            out += f' transform="rotate({px(-angle)} {px(x)} {px(y)})"'
        self.write(f"{out}>{spans(s, ismath)}</text>\n")

    # Shapes

    def draw_path(self, gc, path, transform, rgbFace=None):
        fill, line = self._paint(gc, rgbFace)
        hatch = gc.get_hatch_path() is not None
        if not (fill or line or hatch):
            return
        room = None
        if rgbFace is None:
            room = (-1e4, -1e4, self.width + 1e4, self.height + 1e4)
        d, box, is_box = self._path(path, transform, room, path.should_simplify and not rgbFace)
        if not d:
            return
        clip = self._clip(gc, box)
        if is_box and fill:
            x, y, right, bottom = (px(v) for v in box)
            self._flush()
            self.write(
                f'<rect x="{x}" y="{y}" width="{px(float(right) - float(x))}" '
                f'height="{px(float(bottom) - float(y))}" {(fill + line).strip()}{clip}/>\n'
            )
        elif fill or line:
            self._shape(d, ((fill or ' fill="none"') + line + clip).strip(), not fill)
        if hatch:  # over the fill
            self._shape(d, f'fill="url(#{self._hatch(gc)})"{clip}', False)

    def _shape(self, d, attributes, may_join):
        """Write a path; outlines that look alike become one."""
        if attributes != self.last:
            self._flush()
            self.last = attributes
        self.joined += d
        if not may_join:
            self._flush()

    def _flush(self):
        if self.joined:
            self.write(f'<path {self.last} d="{self.joined}"/>\n')
        self.last, self.joined = None, ""

    def _path(self, path, transform, room, simplify):
        """Return a path's commands, its box (left, top, right, bottom), and whether it is one."""
        out, xs, ys, shape = [], [], [], ""
        for points, code in path.iter_segments(
            transform, remove_nans=True, clip=room, simplify=bool(simplify)
        ):
            letter = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}[int(code)]
            shape += letter
            if letter == "Z":
                out.append("Z")
                continue
            places = []
            for x, y in points.reshape(-1, 2).tolist():
                xs.append(x)
                ys.append(self.height - y)
                places += [px(x), px(self.height - y)]
            out.append(letter + " ".join(places))
        if not xs:
            return "", (0, 0, 0, 0), False
        box = min(xs), min(ys), max(xs), max(ys)
        sides = ({px(v) for v in xs}, {px(v) for v in ys})
        steps = zip(xs, ys, xs[1:], ys[1:], strict=False)
        is_box = (
            shape in ("MLLLZ", "MLLLLZ", "MLLLL")
            and [len(side) for side in sides] == [2, 2]
            and all(px(a) == px(c) or px(b) == px(d) for a, b, c, d in steps)
        )
        return "".join(out), box, is_box

    def _paint(self, gc, face) -> tuple[str, str]:
        """Return the attributes of filling and of stroking, each empty where there is none."""
        alpha = gc.get_alpha() if gc.get_forced_alpha() else None
        fill = line = ""
        if face is not None:
            colour, opacity = self._colour(face, alpha)
            if opacity:
                fill = f' fill="{colour}"'
                fill += f' fill-opacity="{_number(opacity)}"' if opacity != 1 else ""
        if gc.get_linewidth():
            colour, opacity = self._colour(gc.get_rgb(), alpha)
            if opacity:
                line = f' stroke="{colour}"'
                line += f' stroke-opacity="{_number(opacity)}"' if opacity != 1 else ""
                size = self.points_to_pixels(gc.get_linewidth())
                line += f' stroke-width="{_number(size)}"'
                if gc.get_joinstyle() != "miter":
                    line += f' stroke-linejoin="{gc.get_joinstyle()}"'
                cap = {"projecting": "square"}.get(gc.get_capstyle(), gc.get_capstyle())
                line += f' stroke-linecap="{cap}"' if cap != "butt" else ""
                offset, dashes = gc.get_dashes()
                if dashes is not None and len(dashes):
                    dashes = " ".join(_number(self.points_to_pixels(v)) for v in dashes)
                    line += f' stroke-dasharray="{dashes}"'
                    if offset:
                        line += f' stroke-dashoffset="{_number(self.points_to_pixels(offset))}"'
        return fill, line

    def _colour(self, rgba, alpha=None) -> tuple[str, float]:
        colour = to_hex(rgba[:3])
        opacity = float(rgba[3]) if alpha is None and len(rgba) == 4 else alpha
        opacity = 1.0 if opacity is None else round(opacity, 2)
        return "currentColor" if colour == INK else colour, opacity

    def _clip(self, gc, box) -> str:
        """Return the attribute that clips, or nothing where all of it lies inside."""
        path, transform = gc.get_clip_path()
        if path is not None:
            d = self._path(path, transform, None, False)[0]
        elif (frame := gc.get_clip_rectangle()) is not None:
            left, top = frame.x0, self.height - frame.y1
            right, bottom = frame.x1, self.height - frame.y0
            slack = 0.5
            if (
                box[0] >= left - slack and box[1] >= top - slack
                and box[2] <= right + slack and box[3] <= bottom + slack
            ):  # fmt: skip
                return ""
            d = f"M{px(left)} {px(top)}H{px(right)}V{px(bottom)}H{px(left)}Z"
        else:
            return ""
        name = self.clips.setdefault(d, f"clip{len(self.clips) + 1}")
        return f' clip-path="url(#{name})"'

    def _hatch(self, gc) -> str:
        colour, _ = self._colour(gc.get_hatch_color())
        from matplotlib.transforms import Affine2D

        size = self.dpi
        d = self._path(gc.get_hatch_path(), Affine2D().scale(size), None, False)[0]
        stroke = _number(self.points_to_pixels(gc.get_hatch_linewidth()))
        key = f'fill="{colour}" stroke="{colour}" stroke-width="{stroke}" d="{d}"'
        return self.hatches.setdefault(key, f"hatch{len(self.hatches) + 1}")

    def draw_gouraud_triangles(self, gc, triangles_array, colors_array, transform):
        """Fill each triangle with the mean of its corners' colours."""
        from matplotlib.path import Path

        for points, colours in zip(triangles_array, colors_array, strict=True):
            gc.set_linewidth(0)
            self.draw_path(gc, Path(points, closed=False), transform, colours.mean(axis=0))

    # Pictures

    def option_scale_image(self):
        return True

    def draw_image(self, gc, x, y, im, transform=None):
        from PIL import Image

        high, wide = im.shape[:2]
        if not (high and wide):
            return
        self._flush()
        png = io.BytesIO()
        Image.fromarray(im[::-1] if transform is None else im).save(png, format="png")
        href = "data:image/png;base64," + base64.b64encode(png.getvalue()).decode("ascii")
        clip = self._clip(gc, (-math.inf,) * 2 + (math.inf,) * 2)
        if transform is None:
            place = f'x="{px(x)}" y="{px(self.height - y - high)}"'
        else:
            a, b, c, d, e, f = transform.to_values()
            values = a / wide, -b / wide, c / high, -d / high, e + x, self.height - f - y
            matrix = " ".join(f"{v:.6g}" for v in values)
            place = f'transform="matrix({matrix})" style="image-rendering:pixelated"'
        alpha = gc.get_alpha()
        if transform is not None and alpha is not None and alpha != 1:
            place += f' opacity="{_number(alpha)}"'
        image = f'<image width="{wide}" height="{high}" {place} href="{href}"/>'
        self.write(f"<g{clip}>{image}</g>\n" if clip else image + "\n")

    def finish(self):
        """Write what shapes refer to."""
        self._flush()
        for d, name in self.clips.items():
            self.write(f'<clipPath id="{name}"><path d="{d}"/></clipPath>\n')
        for shape, name in self.hatches.items():
            size = _number(self.dpi)
            self.write(
                f'<pattern id="{name}" patternUnits="userSpaceOnUse" width="{size}" '
                f'height="{size}"><path {shape}/></pattern>\n'
            )


class FigureCanvas(FigureCanvasSVG):
    """A canvas whose SVG has text. `metadata={"Title": ...}` is the text alternative."""

    fixed_dpi = None

    def print_svg(self, filename, *, bbox_inches_restore=None, metadata=None, **others):
        figure, dpi = self.figure, self.figure.dpi
        wide, high = (float(v) for v in figure.get_size_inches())
        named = ""
        if alt := visible((metadata or {}).get("Title") or ""):
            named = f" aria-label={quoteattr(alt)}"
        with cbook.open_file_cm(filename, "w", encoding="utf-8") as file:
            if not cbook.file_requires_unicode(file):
                file = codecs.getwriter("utf-8")(file)
            file.write(
                '<svg xmlns="http://www.w3.org/2000/svg" class="figure" role="img" '
                f'lang="{LANGUAGES[get_language()].html}"{named} '
                f'width="{px(wide * 96)}" height="{px(high * 96)}" '
                f'viewBox="0 0 {px(wide * dpi)} {px(high * dpi)}" '
                'style="background:#fff;color:#1f2328;max-width:100%;height:auto" '
                f'fill="currentColor" font-family="{FONTS["sans-serif"]}">\n'
                + (f"<title>{escape(alt)}</title>\n" if alt else "")
            )
            inner = TextRenderer(wide * dpi, high * dpi, dpi, file.write)
            renderer = MixedModeRenderer(
                figure, wide, high, dpi, inner, bbox_inches_restore=bbox_inches_restore
            )
            figure.draw(renderer)
            inner.finish()
            file.write("</svg>\n")


FigureManager = FigureManagerBase
register_backend("svg", FigureCanvas, "Scalable Vector Graphics, text as text")
