"""Answers to the exercises of chapter 08."""

import torch


def masked_weights():
    def hidden(scores):
        return torch.ones(scores.shape[-2:]).triu(diagonal=1).bool()

    def by_hand(scores):
        powers = scores.exp().tril()
        return powers / powers.sum(dim=-1, keepdim=True)

    def underscore(scores):
        scores.masked_fill_(hidden(scores), -torch.inf)
        return torch.softmax(scores, dim=-1)

    def leaking(scores):
        scores.masked_fill(hidden(scores), -torch.inf)
        return torch.softmax(scores, dim=-1)

    def masked(scores, fill=-torch.inf, scale=1.0):
        return torch.softmax(scores.masked_fill(hidden(scores), fill) / scale, dim=-1)

    def only_itself(scores):
        hide = ~torch.eye(scores.shape[-1]).bool()
        return torch.softmax(scores.masked_fill(hide, -torch.inf), dim=-1)

    def uniform(scores):
        return by_hand(torch.zeros_like(scores))

    yield underscore, "right"
    yield masked, "right"
    yield lambda scores: masked(scores, fill=-1e9), "right"
    yield leaking, "still_leaks"
    yield lambda scores: masked(scores, fill=0), "zero_scores"
    yield only_itself, "only_itself"
    yield uniform, "any.place"
    yield lambda scores: masked(scores, scale=2**0.5), "any.place"
    yield lambda scores: torch.softmax(scores, dim=-1).tril(), "not_renormalised"
    yield by_hand, "right"
    yield lambda scores: torch.softmax(scores.masked_fill(hidden(scores), -10), -1), "any.close"
    yield lambda scores: scores.masked_fill(hidden(scores), -torch.inf), "any.not_finite"
    yield lambda scores: print(masked(scores)), "any.none"


def both_masks():
    def future(padding):
        return torch.ones(padding.shape[1], padding.shape[1]).triu(1).bool()

    def by_loop(padding):
        return [
            [[j > i or bool(row[j]) for j in range(len(row))] for i in range(len(row))]
            for row in padding
        ]

    yield lambda p: future(p) | p[:, None, :], "right"
    yield lambda p: torch.logical_or(future(p), p.unsqueeze(1)), "right"
    yield lambda p: ~(future(p).logical_not() & ~p[:, None]), "right"
    yield lambda p: (future(p) + p[:, None, :].int()) > 0, "right"
    yield by_loop, "right"
    yield lambda p: future(p) & p[:, None, :], "and_not_or"
    yield lambda p: future(p) | p[:, :, None], "queries"
    yield lambda p: p[:, None, :].repeat(1, p.shape[1], 1), "only_padding"
    yield lambda p: future(p).repeat(len(p), 1, 1), "only_future"
    yield lambda p: ~future(p) & ~p[:, None], "inverted"
    yield lambda p: future(p) | ~p[:, None], "padding_inverted"
    yield lambda p: torch.ones(p.shape[1], p.shape[1]).triu().bool() | p[:, None], "diagonal"
    yield lambda p: future(p), "any.shape"
    yield lambda p: p[:, None, :], "any.shape"
    yield lambda p: (future(p) | p[:, None]).float(), "any.boolean"
    yield lambda p: print(future(p)), "any.none"


def first_row_guess():
    yield 1, "right"
    yield "1", "right"
    yield [1.0], "right"
    yield 1.0000001, "right"
    yield "100%", "any.not_numbers"
    yield 0, "hidden"
    yield 1 / 6, "equal"
    yield 0.1667, "equal"
    yield 0.5, "any.too_small"
