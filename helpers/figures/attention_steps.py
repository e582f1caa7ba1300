"""Self-attention in four panels."""

from helpers.figures.checked import matrix, names_of
from helpers.figures.heatmap import Panel, arranged
from helpers.figures.style import own_style
from helpers.figures.words import heading, sentences
from helpers.language import text


@own_style
def attention_steps(inputs, scores, weights, outputs, tokens, *, digits=2):
    """Draw self-attention in four panels: inputs, raw scores, weights, outputs.

    inputs: (T, d_in); scores, weights: (T, T); outputs: (T, d_out), all real; tokens: T names.
    Returns a `Figure`.

    Raises:
        ValueError: shapes that do not belong together.
    """
    tokens = names_of(tokens, "tokens")
    panels = []
    for number, (values, key, title) in enumerate(
        [
            (inputs, "inputs", "inputs"),
            (scores, "scores", "raw_scores"),
            (weights, "weights", "weights"),
            (outputs, "outputs", "outputs"),
        ],
        1,
    ):
        is_vectors = key in ("inputs", "outputs")
        columns = len(matrix(values, key)[0]) if is_vectors else tokens
        kind = "vectors" if is_vectors else key
        words = f"{number} {heading(title)}"
        panels.append(Panel(values, tokens, columns, kind, words, digits, name=key))
    return arranged(panels, sentences(text("figures.steps"), *(p.alt() for p in panels)))
