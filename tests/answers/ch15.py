"""Answers to the exercises of chapter 15."""


def weight_on_previous():
    yield lambda w: w.diagonal(-1).mean(), "right"
    yield lambda w: sum(w[i, i - 1] for i in range(1, len(w))) / (len(w) - 1), "right"
    yield lambda w: w.diagonal(-1).mean().item(), "right"
    yield lambda w: w.diagonal(1).mean(), "next"
    yield lambda w: w.diagonal().mean(), "itself"
    yield lambda w: sum(w[i, i - 1] for i in range(1, len(w))) / len(w), "of_all"
    yield lambda w: w.diagonal(-1).sum(), "total"
    yield lambda w: w.diagonal(-1), "list"
    yield lambda w: sum(w[i, i - 1] for i in range(len(w))) / len(w), "any.one"
    yield lambda w: w.diagonal(-1).median(), "any.one"
    yield lambda w: print(w.diagonal(-1).mean()), "any.none"


def hide_from_bank():
    yield "[CLS]", "right"
    yield "[cls]", "right"
    yield "river", "river"
    yield "she", "she"


def weight_claim():
    yield "a", "right"
    yield "A.", "right"
    yield "b", "meaning"
    yield "d", "any.choice"
