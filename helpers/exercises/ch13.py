"""The exercises of chapter 13: word order."""

from helpers.check import Choice, Function, drawn, exercise


@exercise
def moved_map():
    """Predict: how many of 270 sentences are right with each weight moved to its neighbour?

    One of "none", "fifth", "most".
    """
    return Choice(right="none", wrong={"chance": "fifth", "unused": "most"})


@exercise
def blind_translator():
    """Predict: how many of 270 sentences are right without positions in the source?

    One of "few", "half", "all".
    """
    return Choice(right="few", wrong={"coin": "half", "all": "all"})


@exercise
def surest_column():
    """Write `surest(weights)`: for each row of (H, T, S) the column with the largest weight.

    Of all heads; the result is (T,).
    """
    return Function(
        right=lambda w: w.max(dim=0).values.argmax(dim=-1),
        wrong={
            "mean": (
                lambda w: w.mean(dim=0).argmax(dim=-1),
                lambda w: w.sum(dim=0).argmax(dim=-1),
            ),
            "one_head": (lambda w: w[0].argmax(dim=-1), lambda w: w[-1].argmax(dim=-1)),
            "each_head": lambda w: w.argmax(dim=-1),
            "which_head": lambda w: w.max(dim=-1).values.argmax(dim=0),
            "columns": lambda w: w.max(dim=0).values.argmax(dim=0),
            "weight": lambda w: w.amax(dim=(0, 2)),
        },
        cases=drawn(
            8,
            lambda d: (
                d.weights(d.size(2, 4), d.size(5, 8), d.size(3, 4), spread=d.one_of(0.5, 2, 5)),
            ),
        ),
    )
