"""Did you mean: how much work a suggestion is, in expressions and in the sheets.

S1  of one list of names each is made plain once, however many misspelt names are compared with it
S2  one misspelt name is compared with no more than MOST_COMPARED known ones
S3  a similarity of just the least is enough
S4  a long list still gives the name that was meant
"""

from __future__ import annotations

import pytest

from banshi.platform.workbook import columns
from banshi.rules.expressions import library


@pytest.mark.parametrize(
    ("module", "plain"), [(library, "fold_name"), (columns, "plain")], ids=["expressions", "sheets"]
)
@pytest.mark.parametrize("collection", [tuple, dict.fromkeys, frozenset], ids=["tuple", "mapping", "set"])
def test_s1_known_names_are_made_plain_once(module, plain, collection, monkeypatch):
    known = collection(f"{collection.__name__}{number}号楼电费" for number in range(300))
    made, original = [], getattr(module, plain)
    monkeypatch.setattr(module, plain, lambda text: made.append(text) or original(text))
    found = [module.suggest(f"{collection.__name__}{number}号楼水费", known) for number in range(300)]
    assert all(name in known for name in found)
    assert len(made) == 600


@pytest.mark.parametrize("suggest", [library.suggest, columns.suggest], ids=["expressions", "sheets"])
def test_s2_a_name_is_compared_with_a_bounded_number_of_names(suggest, monkeypatch):
    most = library.MOST_COMPARED
    known = tuple(f"仪器{number:06}" for number in range(most + 1))
    compared, original = [], library.process.extractOne

    def counted(typed, choices, **options):
        compared.append(len(choices))
        return original(typed, choices, **options)

    monkeypatch.setattr(library.process, "extractOne", counted)
    within, beyond = known[most - 1], known[most]
    assert suggest(within, known) == within
    assert suggest(beyond, known) != beyond
    assert compared == [most, most]


def test_s3_the_least_similarity_is_enough():
    # Two edits of five characters.
    assert library.suggest("ab-cd", ["xb-cx"]) == "xb-cx"
    assert library.suggest("ab-cd", ["xx-cx"]) == ""


@pytest.mark.parametrize("suggest", [library.suggest, columns.suggest], ids=["expressions", "sheets"])
@pytest.mark.parametrize("count", [library.FEW - 1, library.FEW + 1])
def test_s4_few_and_many_names_give_the_name_that_was_meant(suggest, count):
    known = (*(f"room {number:05}" for number in range(count)), "department", "applicant")
    assert suggest("depratment", known) == "department"
    assert suggest("applicnat", known) == "applicant"
    assert suggest("电费", known) == ""
