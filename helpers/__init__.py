"""The package that the chapters of *Attention, Step by Step* import.

A name is loaded, with its module, where it is first used: so `import helpers` is quick, and
`import helpers.pure` needs no other library, torch included.
"""

from importlib import import_module

__version__ = "0.1.0.dev0"  # ".dev0" until it is released: links lead to the branch till then

_MODULE_OF = {  # public name -> the module that holds it
    "CausalAttention": "helpers.attention",
    "CrossAttention": "helpers.translate",
    "MultiHeadAttention": "helpers.attention",
    "MultiHeadAttentionWrapper": "helpers.attention",
    "SelfAttentionV1": "helpers.attention",
    "SelfAttentionV2": "helpers.attention",
    "Translator": "helpers.translate",
    "distance_bias": "helpers.positions",
    "explore": "helpers.widgets.explore",
    "heads": "helpers.widgets.heads",
    "plane": "helpers.widgets.plane",
    "product": "helpers.widgets.product",
    "rotate": "helpers.positions",
    "set_language": "helpers.language",
    "simple_self_attention": "helpers.attention",
    "sinusoids": "helpers.positions",
    "softmax_naive": "helpers.attention",
    "steps": "helpers.widgets.steps",
    "turn": "helpers.widgets.turn",
    "where": "helpers.widgets.where",
    "width": "helpers.widgets.width",
}
__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> object:
    """Load a public name (PEP 562).

    Raises:
        AttributeError: there is no such name.
        ModuleNotFoundError: the name needs a library that is not installed.
    """
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value = getattr(import_module(_MODULE_OF[name]), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("", __name__):
            raise
        raise ModuleNotFoundError(
            f"helpers.{name} needs {error.name}, which is not installed here: "
            f"pip install {error.name}",
            name=error.name,
        ) from error
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
