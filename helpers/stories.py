"""The text that chapter 14 learns to write: small stories about six people.

Each story has three sentences of 19 tokens in all. Who, which thing, which colour, when, and
which of two sentences comes first are free; everything else follows: what somebody eats at
that time, and who owned the thing and what colour it had.
"""

from itertools import product

FOODS = {  # who -> what that person eats at dawn, at noon, at night
    "ana": ("bread", "fish", "soup"),
    "ben": ("soup", "bread", "rice"),
    "eva": ("rice", "corn", "soup"),
    "leo": ("fish", "bread", "cake"),
    "mia": ("cake", "fish", "corn"),
    "tom": ("corn", "rice", "cake"),
}
TIMES = ("dawn", "noon", "night")
THINGS = ("ball", "boat", "book", "hat", "kite")
COLOURS = ("black", "blue", "green", "red", "white")


def story(name, thing, colour, time, owner_first):
    """Return one story as a list of 19 words; see the tables above for what may be put in."""
    owns = f"{name} has a {colour} {thing} ."
    eats = f"at {time} {name} eats {FOODS[name][TIMES.index(time)]} ."
    first, second = (owns, eats) if owner_first else (eats, owns)
    return f"{first} {second} the {thing} of {name} is {colour} .".split()


stories = [story(*choice) for choice in product(FOODS, THINGS, COLOURS, TIMES, (True, False))]
vocabulary = sorted({word for words in stories for word in words})
