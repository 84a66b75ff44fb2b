"""What parsers say is wrong, in both languages: their English for the common faults, put plainly.

A reason that is not known here stays as the parser wrote it.
"""

from __future__ import annotations

import json
import re

from catalog_service.i18n import LANGUAGES, both
from catalog_service.readers.base import quoted

_LONGEST = 200
_PLACE = re.compile(r"^Parser error (?:at|between|from) .*?: ")

_REASONS = {
    # Turtle, N-Triples and their relatives
    r"Unexpected end(?: of file)?": "it ends in the middle of a statement",
    r"A dot is expected at the end of statements": "the full stop at the end of the statement is missing",
    r"Triples must be followed by a dot": "the full stop at the end of the statement is missing",
    r"The prefix (?P<name>\S*) has not been declared": "the prefix {name} is not declared",
    r"The PREFIX keyword should be followed by a prefix like 'ex:'": "behind PREFIX a prefix such as ex: is missing",
    r"The BASE keyword should be followed by an IRI": "behind BASE an address in angle brackets is missing",
    r"(?:error while parsing IRI '(?P<name>.*)': )?No scheme found in an absolute IRI": (
        "an address does not begin with a scheme such as https:"
    ),
    r"Invalid IRI code point '(?P<name>.*)'": "“{name}” cannot stand in an address",
    r"Invalid character '(?P<name>.*)' in host": "“{name}” cannot stand in the host of an address",
    r"escapes in IRIs should be % followed by two hexadecimal characters, found '(?P<name>.*)'": (
        "in an address two hexadecimal digits must follow %, not “{name}”"
    ),
    r"A language code should always start with a letter": "behind @ a language such as zh is missing",
    r"Unexpected escape character '(?P<name>.*)'": "“{name}” is no escape sequence",
    r"The escape sequence '(?P<name>.*)' is .*": "“{name}” is no escape sequence of a character",
    r"(?P<name>.+) is not a valid predicate": "{name} cannot be a predicate",
    r"The predicate of a triple must be an IRI": "the predicate must be an address",
    r"(?P<name>.+) is not a valid RDF object": "{name} cannot be an object",
    r"The object of a triple must be an IRI, a blank node or a literal": (
        "the object must be an address, a blank node or a text"
    ),
    r"(?P<name>.+) is not a valid subject or graph name": "{name} cannot be a subject",
    r"The subject of a triple must be an IRI or a blank node": "the subject must be an address or a blank node",
    r"Expecting a datatype IRI after \^\^, found (?P<name>.*)": "behind ^^ a datatype is missing",
    r"A double exponent cannot be empty": "behind the e of a number digits are missing",
    r"A blank node ID cannot be empty": "behind _: a name is missing",
    r"Line jumps are not allowed in string literals, use \\n": "a text goes over several lines; write \\n instead",
    r"Unexpected character '(?P<name>.*)'": "“{name}” is not expected here",
    # RDF/XML and XML
    r"XML namespaces are required in RDF/XML": "an element or attribute has no namespace",
    r"Unknown prefix (?P<name>\S+?):?": "the prefix {name}: is not declared",
    r"Unexpected text event: '(?P<name>.*)'": "the text “{name}” is not expected here",
    r"Invalid property element tag name: (?P<name>\S+)": "{name} cannot be the name of an element",
    r"Opening and ending tag mismatch: (?P<name>\S+) .*": "the element {name} is not closed, or closed by another",
    r"Premature end of data in tag (?P<name>\S+) .*": "it ends before the element {name} is closed",
    r"Entity '(?P<name>.*)' not defined": "the entity {name} is not defined",
    r"Start tag expected, '<' not found": "it does not begin with an element",
    r"AttValue: .* expected": "the value of an attribute does not stand in quotes",
    r"Document is empty": "it is empty",
    # JSON and JSON-LD
    r"Expecting value": "a value is missing",
    r"Expecting property name enclosed in double quotes": "a name in double quotes is missing",
    r"Expecting '(?P<name>.)' delimiter": "“{name}” is missing",
    r"Unterminated string starting at": "a text is not closed by a quote",
    r"Invalid control character at": "a text holds a control character or a line break",
    r"Extra data": "there is more behind the end",
    r"Illegal trailing comma before end of (?:object|array)": "there is a comma too many before the closing bracket",
    r"Invalid \\(?:escape|uXXXX escape)": "a backslash is not followed by an escape sequence",
    r"(?P<name>\S+) is no JSON number": "{name} is not a number of JSON",
    r"the member “(?P<name>.*)” stands twice": "the member “{name}” stands twice",
    r"nested (?P<depth>\d+) deep, at most (?P<most>\d+)": "it is nested {depth} deep, {most} is the most",
    r"maximum recursion depth exceeded.*": "it is nested too deep",
    r"Exceeds the limit \((?P<most>\d+) digits\) for integer string conversion.*": (
        "a whole number has more than {most} digits"
    ),
    r"not UTF-8": "not UTF-8",
    r"Unexpected end of file, a value was expected": "a value is missing",
    r"(?P<name>@\w+) value must be a string": "the value of {name} must be a text",
    r"(?P<name>@\w+) value must be .*": "the value of {name} is of the wrong sort",
    r"(?P<name>@\w+) and (?P<other>@\w+) are incompatible": "{name} and {other} cannot stand together",
}
"""From the pattern of a parser's words to ours."""


def reason(error: Exception | str) -> dict[str, str]:
    """Return why a parser gave up, in both languages.

    >>> reason("The prefix b: has not been declared")["zh"]
    '没有声明前缀 b:'
    """
    if isinstance(error, UnicodeDecodeError):
        error = "not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        what = reason(error.msg)
        return both("line {line}, column {column}: {what}", domain="readers", line=error.lineno, column=error.colno,
                    what=what)  # fmt: skip
    text = error if isinstance(error, str) else str(getattr(error, "msg", error))
    text = _PLACE.sub("", text).rstrip(".")
    match = next((found for each in _REASONS if (found := re.fullmatch(each, text, re.DOTALL))), None)
    if match is None:
        return dict.fromkeys(LANGUAGES, quoted(text, _LONGEST))
    return both(_REASONS[match.re.pattern], domain="readers", **match.groupdict())
