"""Answers to the exercises of chapter 02."""

import torch


def shares(powers):
    return powers / powers.sum(dim=-1, keepdim=True)


def shifted(by):
    return lambda scores: shares(torch.exp(scores - by(scores)))


def stable_softmax():
    yield shifted(lambda s: s.amax(dim=-1, keepdim=True)), "right"
    yield shifted(lambda s: s.max(dim=-1, keepdim=True).values), "right"
    yield shifted(lambda s: s.max(dim=-1, keepdim=True)[0] + 1), "right"
    yield shifted(lambda s: torch.logsumexp(s, dim=-1, keepdim=True)), "right"
    yield lambda s: torch.exp(s - torch.logsumexp(s, dim=-1, keepdim=True)), "right"
    yield lambda s: shares(torch.exp(s.double() - s.double().amax(-1, keepdim=True))), "right"
    yield shifted(lambda s: s.amin(dim=-1, keepdim=True)), "not_the_largest"
    yield shifted(lambda s: s.mean(dim=-1, keepdim=True)), "not_the_largest"
    yield shifted(lambda s: s[..., :1]), "not_the_largest"
    yield shifted(lambda s: s[..., -1:]), "not_the_largest"
    yield shifted(lambda s: s.median(dim=-1, keepdim=True).values), "not_the_largest"
    yield shifted(lambda s: s.amax()), "one_maximum"
    yield shifted(lambda s: s.amax(dim=0, keepdim=True)), "any.place"
    yield shifted(lambda s: s.abs().amax(dim=-1, keepdim=True)), "any.not_finite"
    yield shifted(lambda s: 100), "any.close"
    yield shifted(lambda s: 0), "overflow"
    yield lambda s: shares(s.clamp(max=80).exp()), "any.place"
    yield lambda s: shares(s.exp()).nan_to_num(), "any.place"
    yield lambda s: shares((s / s.abs().max()).exp()), "any.place"
    yield lambda s: s.exp() / s.exp().sum(dim=-1), "keepdim"
    yield lambda s: s.exp() / s.exp().sum(), "everything"
    yield lambda s: shares(s), "divided_by_sum"
    yield lambda s: torch.softmax(s, dim=-1), "any.forbidden"
    yield lambda s: s.softmax(-1), "any.forbidden"
    yield lambda s: torch.nn.functional.log_softmax(s, dim=-1).exp(), "any.forbidden"
    yield lambda s: torch.softmax(s, dim=0), "axis"
    yield lambda s: torch.softmax(s, dim=1), "any.forbidden"
    yield lambda s: (e := (s - s.amax(1, keepdim=True)).exp()) / e.sum(1, keepdim=True), "right"
    yield lambda s: torch.stack([(e := (r - r.max()).exp()) / e.sum() for r in s]), "right"


def softmax_with_temperature():
    yield lambda s, t: torch.softmax(s / t, dim=-1), "right"
    yield lambda scores, temperature: shares((scores / temperature).exp()), "right"
    yield lambda s, t: torch.softmax(s * (1 / t), -1), "right"
    yield lambda s, t: torch.softmax(s * t, dim=-1), "multiplied"
    yield lambda s, t: torch.softmax(s, dim=-1) / t, "after"
    yield lambda s, t: torch.softmax(s, dim=-1), "no_effect"
    yield lambda s, t: torch.softmax(s - t, dim=-1), "no_effect"
    yield lambda s, t: shares(s.exp() / t), "no_effect"
    yield lambda s, t: torch.softmax(s / t, dim=0), "axis"
    yield lambda s, t: (s / t).exp() / (s / t).exp().sum(), "any.row_factors"
    yield lambda s, t: torch.softmax(s / 2, dim=-1), "any.place"
    yield lambda s, t: s / t, "any.place"
    yield lambda s, t: print(torch.softmax(s / t, dim=-1)), "any.none"
    yield lambda s: torch.softmax(s, dim=-1), "any.raised"


def shifted_scores():
    yield "same", "right"
    yield " SAME. ", "right"
    yield "sharper", "sharper"
    yield "flatter", "flatter"
    yield "different", "any.choice"
    yield 1, "any.choice"
