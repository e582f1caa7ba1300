"""Which words stand where: `python -m tools.words` remembers it, and a test tells exchanges.

Nobody but a reader can judge whether a message fits its key. But words that stood under another
key or in another language when they were last read, while that place now says something else,
have been exchanged.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

from helpers.language import LANGUAGES, messages
from tools.notebooks import ROOT, glossary, write

COMMAND = "python3 tools/env.py python -m tools.words"
REMEMBERED = ROOT / "tests" / "words.json"
HAN = re.compile(r"[\u3400-\u9fff]")
LETTERS = {
    "kana": "[\u3041-\u30fa]",
    "hangul": "[\uac00-\ud7a3]",
    "Chinese characters": HAN.pattern,
}
FOREIGN = {"en": [*LETTERS], "ja": ["hangul"], "ko": ["kana"], "zh": ["kana", "hangul"]}
CHARACTERS = {"ja": "shift_jis", "zh": "gb2312"}  # which Chinese characters a language writes


def said() -> dict[str, dict[str, str]]:
    """Return every message, and the glossary's terms and definitions: key -> language -> words."""
    return messages() | {
        f"glossary.{term}.{part}": {language: words[language][part] for language in LANGUAGES}
        for term, words in glossary().items()
        for part in ("term", "definition")
    }


def places(words: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return where each text stands: key.language -> its hash."""
    return {
        f"{key}.{language}": hashlib.sha256(text.encode()).hexdigest()[:10]
        for key, said in sorted(words.items())
        for language, text in said.items()
    }


def exchanged(words: dict[str, dict[str, str]], remembered: dict[str, str]) -> list[str]:
    """Return the texts that stand where, when they were last read, another one stood."""
    now, home = places(words), {}
    for place, said in remembered.items():
        home.setdefault(said, set()).add(place)
    return [
        f"{place} says what {', '.join(sorted(home[said]))} said: exchange them back, "
        f"or if it is meant: {COMMAND}"
        for place, said in now.items()
        if home.get(said) and place not in home[said] and remembered.get(place, said) != said
    ]


def in_another_language(words: dict[str, dict[str, str]]) -> list[str]:
    """Return the texts that have letters which their language does not write."""
    found = []
    for key, said in words.items():
        for language, text in said.items():
            for name in FOREIGN.get(language, []):
                if letter := re.search(LETTERS[name], text):
                    found.append(
                        f"{key}.{language} has {name} ({letter[0]}): another language's words?"
                    )
            for letter in HAN.findall(text) if language in CHARACTERS else []:
                try:
                    letter.encode(CHARACTERS[language])
                except UnicodeEncodeError:
                    found.append(f"{key}.{language} has {letter}, which {language} does not write")
    return found


def main(path: Path = REMEMBERED) -> int:
    text = json.dumps(places(said()), indent=0, sort_keys=True) + "\n"
    print(f"{path.name}: {'written' if write(path, text) else 'as it was'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
