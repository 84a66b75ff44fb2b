import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_service.validation.shacl.regex import BadPattern, compile_pattern
from catalog_service.validation.shacl.regex.automaton import Automaton
from catalog_service.validation.shacl.regex.parsing import parse
from catalog_service.validation.shacl.regex.translation import translate


def matches(pattern, text, flags=""):
    return compile_pattern(pattern, flags)[0](text)


@pytest.mark.parametrize(
    ("pattern", "flags", "good", "bad"),
    [
        ("^a$", "", ["a"], ["a\n", "b", "ba", ""]),
        ("a.c", "", ["abc", "xabcx"], ["a\nc", "a\rc"]),
        ("a.c", "s", ["a\nc"], ["ac"]),
        ("^b$", "m", ["a\nb", "b\na", "b"], ["ab"]),
        ("^$", "m", ["", "a\n\nb"], ["a\n", "a"]),
        ("a b", "x", ["ab"], ["a b"]),
        ("[a b]c", "x", [" c", "bc"], ["xc"]),
        ("a.b(", "q", ["xa.b(x"], ["axb("]),
        ("ABC", "i", ["abc", "aBc"], ["ab"]),
        ("k", "i", ["\u212a", "K"], ["x"]),
        ("straße", "i", ["STRAßE"], ["STRASSE"]),
        ("[^a]", "i", ["b"], ["A", "a"]),
        ("^[^Q]$", "im", ["a"], ["q", "Q"]),
        ("[^0-9a-f]+$", "i", ["g"], ["ABC", "abc", "0"]),
        (".*[^a]b", "i", ["cB"], ["Ab", "ab"]),
        (r"^\p{Lu}+$", "i", ["ABC"], ["abc"]),
        ("^[A-Z-[io]]$", "i", ["A", "b"], ["I", "i", "O"]),
        (r"^[\p{Lu}x]+$", "i", ["AX", "Ax"], ["a"]),
        (r"^\p{IsBasicLatin}$", "i", ["k", "K"], ["\u212a"]),
        (r"^\P{IsBasicLatin}+$", "im", ["\u212a"], ["k"]),
        ("^[K]$", "im", ["k", "K", "\u212a"], ["x"]),
        ("^[\u212a]$", "i", ["k", "K", "\u212a"], ["x"]),
        ("^[Σ]+$", "im", ["σςΣ"], ["s"]),
        (r"^\i\c*$", "", ["a1", "_x:y", "中"], ["1a", "-", ""]),
        (r"^\I$", "", ["1"], ["a"]),
        (r"^\s$", "", [" ", "\t", "\n"], ["\u00a0", "a"]),
        (r"^\d+$", "", ["12", "١"], ["a", ""]),
        (r"^\D$", "", ["a"], ["1"]),
        (r"^\w$", "", ["a", "1", "中", "$"], ["_", ".", " "]),
        (r"^\p{Lu}\P{Lu}$", "", ["Aa", "Ä1"], ["aA"]),
        (r"^\p{L}+$", "", ["abcÄ中"], ["a1"]),
        (r"^\p{IsBengali}+$", "", ["বাংলা"], ["a"]),
        (r"^\p{IsPrivateUse}\P{IsGreek}$", "", ["\ue000a"], ["aa", "\ue000α"]),
        (r"^\p{IsCJKUnifiedIdeographs}+$", "", ["专利"], ["a"]),
        ("^[a-z-[aeiou]]+$", "", ["xyz"], ["a", "xay"]),
        (r"^[\d.-]+$", "", ["1.2-3"], ["a"]),
        (r"^[^\s@]+$", "", ["a.b"], ["a b", "a@"]),
        ("^a{2}b{1,2}c{2,}$", "", ["aabcc", "aabbccccc"], ["abcc", "aabbbcc", "aabc"]),
        ("a{0}b", "", ["b"], ["a"]),
        ("^(a|b|)c$", "", ["ac", "c"], ["abc"]),
        ("^(?:ab)+?$", "", ["abab"], ["aba"]),
        ("", "", ["", "x"], []),
        ("(^|^b){3}a(){2}$", "", ["a", "ba"], ["ca"]),
        ("^b|(^|$){0,2}a(|)*", "", ["ca", "b"], ["cb"]),
        ("a|", "", ["", "b"], []),
        (r"^\^\$\.\/\-$", "", ["^$./-"], [""]),
        ("^.{0,300}$", "", ["a" * 300], ["a" * 301]),
        ("^.{3000}$", "", ["a" * 3000], ["a" * 2999]),
        ("^😀.$", "", ["😀😀"], ["😀"]),
    ],
)  # fmt: skip
def test_patterns_mean_what_xpath_says(pattern, flags, good, bad):
    assert [text for text in good if not matches(pattern, text, flags)] == []
    assert [text for text in bad if matches(pattern, text, flags)] == []


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[", "[a-", "[]", "[z-a]", "a**", "*a", "+", "{1}", "a{2,1}", "a{x}", "a{", "a{1", "]", "}", "\\", r"\q",
     r"\b", r"\p", r"\p{", r"\p{Xx}", r"\p{IsNowhere}", "[a-z-[b]c]", "[[a]]", "^*", r"(a)\1", "(?=a)", "(?<=a)",
     "(?P<n>a)", "(?i)a", "a{99999999}", "(" * 100 + ")" * 100],
)  # fmt: skip
def test_ill_formed_patterns_are_refused(pattern):
    with pytest.raises(BadPattern):
        compile_pattern(pattern)


def test_unknown_flags_are_refused():
    with pytest.raises(BadPattern, match="no flag z"):
        compile_pattern("a", "iz")


BOMBS = {
    "^(a+)+$": "a" * 50_000 + "b",
    "(a|aa)+$": "a" * 50_000 + "b",
    "^(a|a)*$": "a" * 50_000 + "b",
    "(x+x+)+y": "x" * 50_000,
    "(.*a){20}": "b" * 50_000,
    "^(([a-z])+.)+[A-Z]([a-z])+$": "a" * 50_000,
    "a*b": "a" * 50_000,
    "(a?){30}a{30}": "a" * 59 + "b" * 50_000,
    r"^\s+|\s+$": " " * 50_000 + "x",
    "(a*)*b": "a" * 50_000,
    "^(a?b?c?)*$": "abc" * 20_000 + "x",
}


@pytest.mark.parametrize("pattern", BOMBS)
def test_regex_bombs_are_matched_in_one_pass(pattern):
    test, _ = compile_pattern(pattern)

    test(BOMBS[pattern])


@pytest.mark.parametrize(
    "pattern", ["((){9999999}){9999999}.*", "(" * 26 + "()" + "){2}" * 26 + ".*", "((a{0}){9999999}){9999999}.+b"]
)
def test_copies_of_what_takes_no_character_are_not_made(pattern):
    assert matches(pattern, "xb")


@pytest.mark.parametrize("pattern", ["(((a{100}){100}){100}){100}b|a", "(a|b{0,900}){0,900}", "((a?){50}){50}a?"])
def test_patterns_that_would_be_enormous_automata_are_refused(pattern):
    with pytest.raises(BadPattern, match="states"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "^[0-9]{6}$",
        "^[A-Z0-9][A-Z0-9._-]{3,63}$",
        r"^https?://[^\s]+$",
        r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$",
        "Joh",
        "^(GX|YN)-",
    ],
)
def test_the_usual_patterns_are_left_to_pythons_re(pattern):
    assert compile_pattern(pattern)[1]


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^a*a*$", ".+@.+", r"\p{L}", "a*", "^(a|ab)c", "^(a?)*$", "^b$"])
def test_what_could_backtrack_is_not_left_to_pythons_re(pattern):
    assert translate(parse(pattern), ignore_case=False, multiline=pattern == "^b$") is None


atoms = st.sampled_from(["a", "b", "c", "[ab]", "[^a]", ".", "^", "$", r"\.", r"\d", r"\s", "[a-c]"])
quantifiers = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}", "{1,5}", "*?"])
patterns = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("|".join).map("({})".format),
        st.tuples(inner.filter(lambda each: each not in "^$").map("({})".format), quantifiers).map("".join),
    ),
    max_leaves=8,
)


def as_python(pattern):
    dotted = re.sub(r"(?<!\\)\.", r"[^\\n\\r]", pattern)
    return re.compile(dotted.replace("$", r"\Z").replace(r"\s", r"[ \t\n\r]"))


@given(patterns, st.lists(st.text("abc1. \n", max_size=8), min_size=1, max_size=8))
def test_the_automaton_and_the_translation_agree_with_pythons_re(pattern, texts):
    automaton, (chosen, _) = Automaton(parse(pattern)), compile_pattern(pattern)
    expected = [as_python(pattern).search(text) is not None for text in texts]

    assert [automaton.matches(text) for text in texts] == expected
    assert [chosen(text) for text in texts] == expected


cased = st.sampled_from(["a", "K", "[^a]", "[k-m]", "[^A-K]", "[\u212a]", "[\\d\u017f]", "[σ-ω]", "[^ı]", "İ"])


@given(st.lists(cased, min_size=1, max_size=3).map("".join), st.text("aAkKlm\u212asSſΣσςiIıİ1", min_size=1, max_size=4))
def test_the_automaton_ignores_case_as_pythons_re_does(pattern, text):
    automaton = Automaton(parse(pattern), ignore_case=True)

    assert automaton.matches(text) is (re.search(pattern, text, re.IGNORECASE) is not None)
