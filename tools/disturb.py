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
    from torch.utils._python_dispatch import TorchDispatchMode

    def moved(x, name: str):
        if isinstance(x, tuple | list):
            return type(x)(moved(one, name) for one in x)
        if not isinstance(x, torch.Tensor) or not x.is_floating_point() or not x.numel():
            return x
        key = hashlib.sha256(f"{seed} {name} {tuple(x.shape)}".encode()).digest()
        generator = torch.Generator().manual_seed(int.from_bytes(key[:7], "big"))
        step = torch.randint(-1, 2, x.shape, generator=generator).to(x.dtype)
        step = torch.where(x == x.round(), torch.zeros_like(step), step)  # whole numbers are exact
        return x * (1 + step * torch.finfo(x.dtype).eps)

    class Disturb(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            name = function._schema.name.split("::")[1]
            if name.endswith("_") and name.rstrip("_") in ROUNDED and not name.startswith("_"):
                result.copy_(moved(result, name))  # in place
                return result
            return moved(result, name) if name in ROUNDED else result

    Disturb().__enter__()


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
