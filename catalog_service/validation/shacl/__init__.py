"""A compiled SHACL validator: a shapes graph becomes Python closures over an index of the data.

Use it when: the same shapes check much data or check it often; all of SHACL Core is compiled.
What stands on SPARQL is handed to pySHACL, which must then be installed; the report's ``fallback`` names the shapes.
It is a library of its own: nothing else of the catalogue is imported but its terms.

::

    validator = compile_shapes(shapes_graph)
    report = validator.validate(data_graph)
    report.conforms, report.results, report.graph()

Source: W3C Shapes Constraint Language, Recommendation of 20 July 2017: https://www.w3.org/TR/shacl/
"""

from __future__ import annotations

from catalog_service.validation.shacl.errors import (
    BadData,
    BadShapes,
    FallbackFailed,
    NoShapes,
    RecursiveShapes,
    ShaclError,
)
from catalog_service.validation.shacl.report import Report, Result
from catalog_service.validation.shacl.run import Context
from catalog_service.validation.shacl.validator import Validator, compile_shapes

__all__ = [
    "BadData",
    "BadShapes",
    "Context",
    "FallbackFailed",
    "NoShapes",
    "RecursiveShapes",
    "Report",
    "Result",
    "ShaclError",
    "Validator",
    "compile_shapes",
]
