"""What is given to a widget: read, checked, and rounded where it is stored."""

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor

from helpers.widgets.element import visible


@contextlib.contextmanager
def on_cpu() -> Iterator[None]:
    """Make tensors on the processor meanwhile, whatever device the reader has made the default."""
    with torch.device("cpu"):
        yield


def stored(numbers) -> Tensor:
    """Return numbers as float64, rounded so that no last bit of a processor is stored.

    float64 is rounded to 9 decimals: what it leaves out is noise of 1e-16, and a number
    within that of a tie does not happen by chance. float32 (and whatever float32 holds in
    full) is rounded to 6: a number that somebody wrote, 0.43, comes back as 0.43. A float32
    *result* near 1 carries noise of 1e-7, and one in ten would lie near a tie: compute what
    you give to a widget in float64.

    All that is shown is computed from the rounded numbers, here and on the page. That moves
    a score by about 1e-9 (from float32 by 1e-6), so that its four decimals are those of the
    chapter's own tensors; tests/widgets/test_chapters.py holds every chapter to it.
    """
    if isinstance(numbers, list | tuple):
        tensor = torch.as_tensor(numbers, dtype=torch.float64, device="cpu")
    else:
        tensor = torch.as_tensor(numbers)
    if tensor.is_complex():
        raise ValueError("they are complex")
    tensor = tensor.detach().to("cpu", torch.float64)
    short = (tensor.float().double() == tensor).all()
    return tensor.round(decimals=6 if short else 9) + 0.0  # -0.0 becomes 0.0


def read(name: str, numbers, dimensions: tuple[int, ...] = (2,)) -> Tensor | None:
    """Return a tensor, array or nested lists as `stored` float64 on the CPU; None stays None.

    Raises:
        ValueError: the lists are uneven, the shape has another number of dimensions or a 0
            in it, or a number is NaN or infinite.
    """
    if numbers is None:
        return None
    try:
        tensor = stored(numbers)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise ValueError(f"expected {name} as a tensor, array or even lists: {error}") from None
    if tensor.dim() not in dimensions or 0 in tensor.shape:
        many = " or ".join(map(str, dimensions))
        raise ValueError(
            f"expected {name} of {many} dimensions, none of them 0; got shape {tuple(tensor.shape)}"
        )
    if not tensor.isfinite().all():
        raise ValueError(f"expected finite numbers in {name}; got NaN or infinity")
    return tensor


def read_tokens(name: str, tokens, count: int, what: str) -> list[str]:
    """Return `count` tokens, one for each of the `what`, as a page can show them.

    Raises:
        TypeError: a token is not a string.
        ValueError: there are not `count` of them.
    """
    if isinstance(tokens, str):
        raise TypeError(f"expected {name} as a list of strings; got the string {tokens!r}")
    tokens = list(tokens)
    for token in tokens:
        if not isinstance(token, str):
            raise TypeError(f"expected strings in {name}; got {token!r}")
    if len(tokens) != count:
        raise ValueError(f"expected {count} {name}, one for each of the {what}; got {len(tokens)}")
    return [visible(token) for token in tokens]


def read_digits(digits) -> int:
    """Return the number of decimals to print, 1 to 7.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(digits, int) or not 1 <= digits <= 7:
        raise ValueError(f"expected digits from 1 to 7; got {digits!r}")
    return digits


def read_temperature(temperature) -> float:
    """Return a temperature above 0.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(temperature, int | float) or not 0 < temperature < float("inf"):
        raise ValueError(f"expected a temperature above 0; got {temperature!r}")
    return float(temperature)
