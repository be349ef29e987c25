"""The token table and the files written from it."""

from __future__ import annotations

import json

from media.transcription.vocabulary import token_table, tokenizer_json


def test_the_table_is_whispers() -> None:
    table = token_table()
    assert len(table.texts) + len(table.specials) == 51_865
    assert table.number("<|endoftext|>") == 50_257
    assert table.number("<|notimestamps|>") == 50_363
    assert table.texts[220] == "Ġ"
    assert len(table.languages) == 99
    assert table.number("<|nl|>") in table.languages


def test_every_token_but_single_bytes_comes_from_a_merge_of_two_tokens() -> None:
    table = token_table()
    known = set(table.texts)
    assert len(table.merges) == len(table.texts) - 256 - 1  # and one that stands for nothing
    for merge in table.merges:
        left, right = merge.split(" ")
        assert {left, right, left + right} <= known


def test_the_tokenizer_file_holds_what_an_engine_asks_for() -> None:
    made = json.loads(tokenizer_json())
    added = {token["content"]: token["id"] for token in made["added_tokens"]}
    assert added["<|transcribe|>"] == 50_359
    assert "<|0.00|>" not in added
    assert made["model"]["vocab"]["Ġis"] == token_table().texts.index("Ġis")
