"""Another processor, played: every result whose last bits are a processor's choice is moved.

Whether the last bit of a matrix product, a sum or an exponential comes out up or down depends
on the processor, the number of threads and the versions of torch and of the C library. In a
kernel that has called `disturb(seed)`, each such result of torch and of `math` is off by at most
one unit in the last place, the same way whenever the same operation meets the same shape.
A chapter run so has to print the same characters: tools/processors.py compares.

What this cannot play: another order of training data, and arithmetic written out in Python,
which is the same everywhere.
"""

import builtins
import functools
import hashlib
import math

# torch operations whose sums or functions a processor rounds in its own way.
ROUNDED = set(
    [
        "mm",
        "bmm",
        "addmm",
        "baddbmm",
        "addmv",
        "mv",
        "dot",
        "vdot",
        "sum",
        "mean",
        "var",
        "std",
        "var_mean",
        "std_mean",
        "prod",
        "cumsum",
        "norm",
        "linalg_vector_norm",
        "logsumexp",
        "_softmax",
        "_log_softmax",
        "_softmax_backward_data",
        "_log_softmax_backward_data",
        "exp",
        "log",
        "tanh",
        "sigmoid",
        "sin",
        "cos",
        "pow",
        "rsqrt",
        "gelu",
        "gelu_backward",
        "erf",
        "silu",
        "native_layer_norm",
        "native_layer_norm_backward",
        "convolution",
        "_scaled_dot_product_flash_attention_for_cpu",
        "_scaled_dot_product_flash_attention_for_cpu_backward",
        "_scaled_dot_product_attention_math",
    ]
)
# of `math`; `math.sqrt` and `+ - * /` are the same to the last bit everywhere.
FUNCTIONS = ("exp", "expm1", "log", "log1p", "log2", "log10", "pow", "hypot", "dist", "fsum")
FUNCTIONS += ("sin", "cos", "tan", "atan2", "sinh", "cosh", "tanh")


def disturb(seed: int) -> None:
    """From now on, in this process, move the last bits; `seed` chooses which way."""
    _disturb_torch(seed)
    _disturb_math(seed)


def _disturb_torch(seed: int) -> None:
    import torch

    # Between what knows of gradients and the processor's own code: the operations below pass
    # through `disturbed`, all others take their usual way.
    place = torch._C.DispatchKey.BackendSelect
    below = torch._C._dispatch_keyset_full_after(place)
    inside = False  # an operation may call others: it is moved once

    @functools.lru_cache(maxsize=500)  # a training meets the same shapes again and again
    def factors(name: str, shape, dtype):
        key = hashlib.sha256(f"{seed} {name} {tuple(shape)}".encode()).digest()
        generator = torch.Generator().manual_seed(int.from_bytes(key[:7], "big"))
        step = torch.randint(-1, 2, shape, generator=generator).to(dtype)
        return 1 + step * torch.finfo(dtype).eps

    def moved(x, name: str):
        if isinstance(x, tuple | list):
            return type(x)(moved(one, name) for one in x)
        if not isinstance(x, torch.Tensor) or not x.is_floating_point() or not x.numel():
            return x
        whole = x == x.round()  # exact everywhere
        return torch.where(whole, x, x * factors(name, x.shape, x.dtype))

    def disturbed(operation, name: str):
        def call(keys, *arguments, **options):
            nonlocal inside
            if inside:
                return operation.redispatch(keys & below, *arguments, **options)
            inside = True
            try:
                result = operation.redispatch(keys & below, *arguments, **options)
                other = moved(result, name)
                return result.copy_(other) if in_place else other
            finally:
                inside = False

        in_place = name.endswith("_")
        return call

    torch._disturbing = library = torch.library.Library("aten", "IMPL")  # for this process's life
    for name in sorted(ROUNDED | {f"{name}_" for name in ROUNDED}):
        packet = getattr(torch.ops.aten, name, None)
        for overload in packet.overloads() if packet else []:
            if "out" not in overload:
                operation = getattr(packet, overload)
                kernel = disturbed(operation, name)
                library.impl(operation, kernel, place.name, with_keyset=True)


def _disturb_math(seed: int) -> None:
    def other(exact):
        def moved(*arguments, **options):
            result = exact(*arguments, **options)
            if type(result) is not float or not math.isfinite(result) or result.is_integer():
                return result  # whole numbers are exact
            key = hashlib.sha256(f"{seed} {exact.__name__} {result!r}".encode()).digest()
            return math.nextafter(result, (result, math.inf, -math.inf)[key[0] % 3])

        return moved

    for name in FUNCTIONS:
        setattr(math, name, other(getattr(math, name)))
    builtins.sum = other(builtins.sum)  # rounds otherwise from Python 3.12 on
