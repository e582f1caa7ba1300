"""Answers to the exercises of chapter 13."""


def moved_map():
    yield "none", "right"
    yield "fifth", "chance"
    yield "most", "unused"


def blind_translator():
    yield "few", "right"
    yield "half", "coin"
    yield "all", "all"


def surest_column():
    def by_loop(w):
        result = []
        for t in range(w.shape[1]):
            best = max((w[h, t, s].item(), s) for h in range(len(w)) for s in range(w.shape[2]))
            result.append(best[1])
        return result

    yield by_loop, "right"
    yield lambda w: w.amax(dim=0).argmax(dim=-1), "right"
    yield lambda w: w.transpose(0, 1).flatten(1).argmax(dim=-1) % w.shape[2], "right"
    yield lambda w: w.mean(dim=0).argmax(dim=-1), "mean"
    yield lambda w: w[0].argmax(dim=-1), "one_head"
    yield lambda w: w[1].argmax(dim=-1), "any.place"
    yield lambda w: w.argmax(dim=-1), "each_head"
    yield lambda w: w.max(dim=-1).values.argmax(dim=0), "which_head"
    yield lambda w: w.max(dim=0).values.argmax(dim=0), "columns"
    yield lambda w: w.max(dim=0).values.max(dim=-1).values, "weight"
