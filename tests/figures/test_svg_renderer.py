"""The SVG that the backend writes for each thing that matplotlib may ask it to draw."""

import base64
import io

import numpy as np
import pytest
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform, TransformedPath
from PIL import Image

from helpers.figures.svg import INK, TextRenderer

BLUE, NOTHING = (0, 0, 1, 1), (0, 0, 1, 0)
BOX = Path.unit_rectangle(), Affine2D().scale(20, 30).translate(10, 5)
LINE = Path([[0, 0], [10, 20], [30, 20.04]]), IdentityTransform()
FONT = FontProperties(family="sans-serif", size=9)


def written(*draws) -> str:
    """Return what is written on a sheet of 100 by 80, 96 dots to the inch."""
    out = []
    renderer = TextRenderer(100, 80, 96, out.append)
    for draw in draws:
        draw(renderer)
    renderer.finish()
    return "".join(out).strip()


def pen(**settings):
    gc = GraphicsContextBase()
    for name, value in settings.items():
        getattr(gc, f"set_{name}")(*value if isinstance(value, tuple) else (value,))
    return gc


def shape(what, face=None, **settings):
    return lambda renderer: renderer.draw_path(pen(**settings), *what, face)


def words(letters, font=FONT, angle=0, ismath=False, side="left", **settings):
    text = Text(horizontalalignment=side)
    return lambda renderer: renderer.draw_text(
        pen(**settings), 10, 50, letters, font, angle, ismath, text
    )


def rect(rest: str) -> str:
    return f'<rect x="10" y="45" width="20" height="30" {rest}/>'


@pytest.mark.parametrize(
    ("face", "settings", "attributes"),
    [
        (BLUE, {"linewidth": 0}, 'fill="#0000ff"'),
        ((0, 0, 1, 0.5), {"linewidth": 0}, 'fill="#0000ff" fill-opacity="0.5"'),
        (BLUE, {"linewidth": 0, "alpha": 0.25}, 'fill="#0000ff" fill-opacity="0.25"'),
        (
            BLUE,
            {"linewidth": 0.75, "foreground": INK, "joinstyle": "miter"},
            'fill="#0000ff" stroke="currentColor" stroke-width="1"',
        ),
    ],
)
def test_a_box(face, settings, attributes):
    assert written(shape(BOX, face, **settings)) == rect(attributes)


@pytest.mark.parametrize("face", [None, NOTHING])
def test_what_has_neither_colour_nor_line_is_not_written(face):
    assert written(shape(BOX, face, linewidth=0)) == ""
    assert written(shape(BOX, face, linewidth=1, foreground="#00000000")) == ""


@pytest.mark.parametrize(
    ("settings", "attributes"),
    [
        ({"linewidth": 1.5, "foreground": "r"}, 'stroke="#ff0000" stroke-width="2"'),
        (
            {"linewidth": 0.75, "capstyle": "projecting", "dashes": (0, [3, 1.5])},
            'stroke="#000000" stroke-width="1" stroke-linecap="square" stroke-dasharray="4 2"',
        ),
        (
            {"linewidth": 0.5, "foreground": "#00000059", "dashes": (1.5, [3])},
            'stroke="#000000" stroke-opacity="0.35" stroke-width="0.67" stroke-dasharray="4" '
            'stroke-dashoffset="2"',
        ),
    ],
)
def test_a_line(settings, attributes):
    line = shape(LINE, joinstyle="miter", **settings)
    assert written(line) == f'<path fill="none" {attributes} d="M0 80L10 60L30 60"/>'


def test_lines_that_look_alike_are_one_path_and_all_stay_in_their_order():
    thin, thick = (shape(LINE, linewidth=width, capstyle="round") for width in (0.75, 1.5))
    d = "M0 80L10 60L30 60"
    looks = 'stroke-linejoin="round" stroke-linecap="round"'
    one, two = (f'<path fill="none" stroke="#000000" stroke-width="{w}" {looks} d="' for w in "12")
    assert written(thin, thin, thick, thin) == f'{one}{d}{d}"/>\n{two}{d}"/>\n{one}{d}"/>'
    assert written(thin, shape(BOX, BLUE, linewidth=0), thin).splitlines() == [
        f'{one}{d}"/>',
        rect('fill="#0000ff"'),
        f'{one}{d}"/>',
    ]


def test_filled_shapes_are_not_joined_and_a_triangle_is_no_box():
    triangle = Path([[0, 0], [10, 0], [0, 10], [0, 0]], closed=True), IdentityTransform()
    one = '<path fill="#0000ff" d="M0 80L10 80L0 70Z"/>'
    draw = shape(triangle, BLUE, linewidth=0)
    assert written(draw, draw) == f"{one}\n{one}"


@pytest.mark.parametrize("closed", [False, True])
def test_four_corners_are_a_box_where_they_are_right(closed):
    def drawn(*corners):
        path = Path([*corners, corners[0]], closed=closed)
        return written(shape((path, IdentityTransform()), BLUE, linewidth=0))

    assert drawn([10, 5], [30, 5], [30, 35], [10, 35]) == rect('fill="#0000ff"')
    assert drawn([10, 5], [30, 35], [30, 5], [10, 35]).startswith("<path")
    assert drawn([10, 5], [30, 5], [30, 35], [10, 30]).startswith("<path")


def test_curves():
    path = Path(
        [[0, 0], [10, 20], [30, 20], [40, 0], [50, 10], [60, 0], [0, 0]], [1, 3, 3, 4, 4, 4, 79]
    )
    assert ' d="M0 80Q10 60 30 60C40 80 50 70 60 80L0 80Z"' in written(
        shape((path, IdentityTransform()), linewidth=1)
    )


@pytest.mark.parametrize(
    ("corners", "clip"),
    [
        ([[0, 0], [100, 80]], None),
        ([[10.4, 5.4], [29.6, 34.6]], None),  # less than half a pixel is left outside
        ([[10.6, 0], [100, 80]], "M10.6 0H100V80H10.6Z"),
        ([[0, 5.6], [100, 80]], "M0 0H100V74.4H0Z"),
        ([[0, 0], [29.4, 80]], "M0 0H29.4V80H0Z"),
        ([[0, 0], [100, 34.4]], "M0 45.6H100V80H0Z"),
    ],
)
def test_a_frame_clips_what_reaches_beyond_it(corners, clip):
    found = written(shape(BOX, BLUE, linewidth=0, clip_rectangle=Bbox(corners))).splitlines()
    if clip is None:
        assert found == [rect('fill="#0000ff"')]
    else:
        assert found == [
            rect('fill="#0000ff" clip-path="url(#clip1)"'),
            f'<clipPath id="clip1"><path d="{clip}"/></clipPath>',
        ]


def test_each_frame_and_shape_that_clips_is_written_once():
    triangle = TransformedPath(
        Path([[0, 0], [10, 0], [0, 10], [0, 0]], closed=True), IdentityTransform()
    )
    one, two = {"clip_rectangle": Bbox([[0, 0], [20, 20]])}, {"clip_path": triangle}
    found = written(*(shape(BOX, BLUE, linewidth=0, **clip) for clip in (one, two, one)))
    assert found.splitlines() == [
        *(rect(f'fill="#0000ff" clip-path="url(#clip{n})"') for n in (1, 2, 1)),
        '<clipPath id="clip1"><path d="M0 60H20V80H0Z"/></clipPath>',
        '<clipPath id="clip2"><path d="M0 80L10 80L0 70Z"/></clipPath>',
    ]


def test_a_hatch_lies_over_the_fill():
    hatched = pen(linewidth=0, hatch="/", hatch_color=((1, 0, 0, 1),))
    fill, hatch, pattern = written(
        lambda renderer: renderer.draw_path(hatched, *BOX, BLUE)
    ).splitlines()
    assert fill == rect('fill="#0000ff"')
    assert hatch == '<path fill="url(#hatch1)" d="M10 75L30 75L30 45L10 45Z"/>'
    assert pattern.startswith(
        '<pattern id="hatch1" patternUnits="userSpaceOnUse" width="96" height="96">'
        '<path fill="#ff0000" stroke="#ff0000" stroke-width="1.33" d="M'
    )
    again = written(*[lambda renderer: renderer.draw_path(hatched, *BOX)] * 2)
    assert again.count("url(#hatch1)") == 2 and again.count("<pattern") == 1


@pytest.mark.parametrize(
    ("options", "attributes"),
    [
        ({"foreground": INK}, ""),
        ({}, ' fill="#000000"'),
        ({"foreground": INK, "alpha": 0.8}, ' fill-opacity="0.8"'),
        ({"foreground": "#0000ff80"}, ' fill="#0000ff" fill-opacity="0.5"'),
        ({"foreground": INK, "angle": 30}, ' transform="rotate(-30 10 50)"'),
    ],
)
def test_words(options, attributes):
    expected = f'<text x="10" y="50" font-size="12"{attributes}>a &lt; b</text>'
    assert written(words("a < b", **options)) == expected


def test_words_hold_on_to_the_end_that_matters():
    def start(**options):
        return written(words("ab", foreground=INK, **options)).partition(" font-size")[0]

    wide = 2 * 0.64 * 12
    assert start() == '<text x="10" y="50"'
    assert start(side="center") == f'<text x="{10 + wide / 2:.1f}" y="50"'
    assert start(side="right") == f'<text x="{10 + wide:.1f}" y="50"'
    assert start(side="right", angle=90) == f'<text x="10" y="{50 - wide:.1f}"'
    for side, end in (("left", ""), ("center", "middle"), ("right", "end")):
        anchor = f' text-anchor="{end}"' if end else ""
        assert f'font-size="12"{anchor}>' in written(words("ab", side=side, foreground=INK))


def test_founts():
    def look(**font):
        found = written(words("a", FontProperties(**{"family": "sans-serif", "size": 9} | font)))
        return found.partition(' fill="#000000"')[2].removesuffix(">a</text>")

    assert look() == look(weight=500) == look(weight="normal") == ""
    assert look(weight="bold") == look(weight=600) == ' font-weight="600"'
    assert look(style="italic") == ' font-style="italic"'
    families = ["monospace", "Noto"]
    assert look(family=families) == ' font-family="ui-monospace, monospace, Noto"'


def test_short_mathematics_is_text_and_long_mathematics_is_drawn_between_the_words():
    found = written(words("旅 $d_k$", foreground=INK, ismath=True))
    assert found.startswith('<text x="10" y="50" font-size="12">旅 <tspan font-style="italic">d<')
    one, drawn, two = written(
        words("旅 $\\frac{a}{b}$ b", foreground=INK, ismath=True), words("c", foreground=INK)
    ).split("\n", 2)
    assert one == '<text x="10" y="50" font-size="12">旅 </text>'
    assert drawn.startswith('<path fill="currentColor" d="M')
    places = [line.split('"')[1] for line in two.splitlines() if line.startswith("<text")]
    assert 10 + (1 + 0.4) * 12 < float(places[0]) < 50 and places[1] == "10"


@pytest.mark.parametrize(
    ("letters", "ismath", "weight", "wide"),
    [
        ("ab", False, 400, 1.28),
        ("ab", False, 700, 1.28 * 1.06),
        ("猫", False, 400, 1.0),
        ("$d_k$", True, 400, 0.64 * 1.72),
    ],
)
def test_what_layout_is_told_of_words(letters, ismath, weight, wide):
    font = FontProperties(size=9, weight=weight)
    renderer = TextRenderer(100, 80, 96, None)
    found = renderer.get_text_width_height_descent(letters, font, ismath)
    assert found == pytest.approx((wide * 12, 1.16 * 12, 0.22 * 12))


def test_pictures():
    dots = np.zeros((2, 3, 4), np.uint8)
    link = 'href="data:image/png;base64,'
    plain = written(lambda renderer: renderer.draw_image(pen(), 10, 20, dots))
    assert plain.startswith(f'<image width="3" height="2" x="10" y="58" {link}')
    assert written(lambda renderer: renderer.draw_image(pen(), 10, 20, dots[:0])) == ""
    place = 'transform="matrix(10 -0 0 -10 12 57)" style="image-rendering:pixelated"'
    frame, where = Bbox([[0, 0], [20, 20]]), Affine2D().scale(30, 20).translate(2, 3)
    for settings, opacity in (({}, ""), ({"alpha": 0.5}, ' opacity="0.5"')):
        gc = pen(clip_rectangle=frame, **settings)
        found = written(lambda renderer, gc=gc: renderer.draw_image(gc, 10, 20, dots, where))
        start = f'<g clip-path="url(#clip1)"><image width="3" height="2" {place}{opacity} {link}'
        assert found.startswith(start)
        assert found.splitlines()[0].endswith('"/></g>')


def test_a_picture_stands_upright():
    dots = np.zeros((2, 1, 4), np.uint8)
    dots[0] = 255  # the first row is the lowest where nothing turns it

    def first(*options):
        found = written(lambda renderer: renderer.draw_image(pen(), 0, 0, dots, *options))
        png = base64.b64decode(found.partition("base64,")[2].partition('"')[0])
        return Image.open(io.BytesIO(png)).getpixel((0, 0))[0]

    assert (first(), first(Affine2D())) == (0, 255)
