"""The exercises of chapter 11: backpropagation."""

from helpers.check import Choice, Value, exercise


@exercise
def nudged_score():
    """Predict: of the scores 2, 1, 0 the second is nudged up. What do the three weights do?

    A list of three words: "rises", "falls" or "stays".
    """
    return Choice(
        right=["falls", "rises", "falls"],
        wrong={
            "own_alone": ["stays", "rises", "stays"],
            "sum_broken": (
                ["rises", "rises", "rises"],
                ["rises", "rises", "stays"],
                ["stays", "rises", "rises"],
            ),
            "one_pays": (["falls", "rises", "stays"], ["stays", "rises", "falls"]),
            "shifted_rank": (["falls", "rises", "rises"], ["rises", "rises", "falls"]),
            "wrong_way": (
                ["rises", "falls", "rises"],
                ["stays", "falls", "stays"],
                ["falls", "falls", "falls"],
            ),
        },
    )


@exercise
def softmax_gradient():
    """Weights 0.5, 0.25, 0.25; gradient with respect to them 4, 0, 2. And to the scores?"""
    return Value(
        right=[0.75, -0.625, -0.125],
        wrong={
            "no_mean": [2.0, 0.0, 0.5],
            "diagonal": [1.0, 0.0, 0.375],
            "plain_mean": [1.0, -0.5, 0.0],
            "no_weight": [1.5, -2.5, -0.5],
            "sign": [-0.75, 0.625, 0.125],
            "mean_alone": 2.5,
        },
    )
