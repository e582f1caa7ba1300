"""Answers to the exercises of chapter 07."""

import torch


def upright_map():
    def upright(w):
        sums = w.sum(dim=-1)
        return w if torch.allclose(sums, torch.ones_like(sums), atol=1e-4) else w.T

    def by_error(w):
        rows, columns = (w.sum(1) - 1).abs().sum(), (w.sum(0) - 1).abs().sum()
        return w if rows <= columns else w.T

    def in_one_branch(w):
        if torch.allclose(w.sum(1), torch.ones(len(w))):
            return w
        w = w.T

    yield upright, "right"
    yield by_error, "right"
    yield lambda w: w if (w.sum(1) - 1).abs().max() < 1e-5 else w.mT, "right"
    yield lambda w: w, "never"
    yield lambda w: w.T, "always"
    yield lambda w: upright(w).T, "reversed"
    yield lambda w: w / w.sum(dim=1, keepdim=True), "renormalised"
    yield lambda w: w if torch.allclose(w.sum(1), torch.ones(len(w)), atol=0.1) else w.T, "loose"
    yield lambda w: w if torch.isclose(w[0].sum(), torch.tensor(1.0)) else w.T, "one_row"
    yield lambda w: w if (w.sum(1) == 1).all() else w.T, "exact"
    yield in_one_branch, "any.none"
    yield lambda w: w if w[0, 0] > w[0, 1] else w.T, "any.transposed"
    yield lambda w: (w + w.T) / 2, "any.place"


def predict_seeds():
    yield "third", "right"
    yield "few", "never"
    yield "most", "always"
    yield 667, "any.choice"


def shuffled_map():
    yield "quarter", "right"
    yield "none", "never"
    yield "all", "unused"
